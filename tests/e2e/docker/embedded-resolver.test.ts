import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { type CanaryEngine, copyImages, startCanaryEngine } from '../../support/canary-engine.js';
import { type CountingNameServer, startCountingNameServer } from '../../support/counting-name-server.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, newestImage, outerAddress, type TestEngine } from '../../support/engine.js';
import { needs, runsAsRoot } from '../../support/needs.js';

const found = await findEngine();
/** Asks each server for a name of its own, by UDP and TCP, and getaddrinfo besides. */
const ask = `
import socket, struct
def ask(server, name, tcp):
    query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\\0" + struct.pack(">HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as s:
        s.settimeout(3)
        s.connect((server, 53))
        s.send(struct.pack(">H", len(query)) + query if tcp else query)
        return struct.unpack(">H", s.recv(1024)[2 if tcp else 0:][6:8])[0]
own = open("/etc/resolv.conf").read().split()[1]
for server in ("127.0.0.11", own, "127.0.0.53"):
    for tcp in (False, True):
        try: print(server != own and server, tcp, ask(server, f"stolen-{tcp}.canary.test".lower(), tcp), "records")
        except OSError as error: print(server != own and server, tcp, type(error).__name__)
try: print(socket.getaddrinfo("stolen.canary.test", 80))
except OSError as error: print("no such name")
`;

needs('docker engine, and root', found !== null && runsAsRoot, 'the engine’s embedded resolver', () => {
  const engine = found as TestEngine;
  let canary: CountingNameServer;
  let second: CanaryEngine;
  let playground: Playground;
  beforeAll(async () => {
    canary = await startCountingNameServer(outerAddress(), 53);
    second = await startCanaryEngine(canary.address);
    playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
    // Builds the images where they are not there yet.
    expect((await playground.run(['true'])).code).toBe(0);
    const newest = [await newestImage(engine.docker, 'sidecar'), await newestImage(engine.docker, 'shell')];
    await copyImages(engine, second.docker, newest);
  });
  afterAll(async () => {
    playground?.remove();
    await second?.[Symbol.asyncDispose]();
    await canary?.[Symbol.asyncDispose]();
  });

  it('would ask the canary for a container that is no bottle', async () => {
    const network = await second.docker.createNetwork({ Name: 'control', Driver: 'bridge' });
    const [image = ''] = (await second.docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    const script = "require('dns').lookup('control.canary.test', (e, a) => console.log(a))";
    const [{ StatusCode }, container] = await second.docker.run(image, ['-e', script], process.stderr, {
      Entrypoint: ['node'],
      HostConfig: { NetworkMode: 'control' },
    });
    await container.remove();
    await network.remove();
    expect(StatusCode).toBe(0);
    expect(canary.names().some((name) => name.includes('control'))).toBe(true);
  });

  it('asks nobody for the agent, whichever way it is asked', async () => {
    const before = canary.names().length;
    const { stdout, stderr, code } = await playground.run(['python3', '-c', ask], {
      environment: { DOCKER_HOST: second.address },
    });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('no such name');
    expect(stdout).not.toMatch(/ [1-9]\d* records/);
    expect(canary.names().slice(before)).toEqual([]);
  });
});
