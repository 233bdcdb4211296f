import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Playground, StartedBottle } from '../../support/bottles.js';
import { type Canaries, openCanaries, withoutLoopback } from '../../support/canaries.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { type BottleParts, listenIn, partsOf } from '../../support/docker-parts.js';
import { findEngine, leftovers, outerAddress, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';
import { reachedFromPlainContainer, type Target, withNetwork } from '../../support/plain-container.js';

const found = await findEngine();
const runtimes = (found?.runtimes ?? []).filter((name) => name === 'runc' || name === 'runsc');
const sidecarPorts = [53, 80, 443, 3128];
const agentPort = 8000;
/** What listens at the sidecars' outer addresses for these tests alone. */
const outerPort = 9999;
/** Counts who reaches it, on its standard output. */
const listener = `
import socket
server = socket.create_server(("0.0.0.0", ${agentPort}))
print("up", flush=True)
while True:
    connection, address = server.accept()
    connection.sendall(b"reached")
    connection.close()
    print("someone came", flush=True)
`;

needs('docker engine', found !== null, 'what is beside a Docker bottle', () => {
  const engine = found as TestEngine;

  describe.each(runtimes)('under %s', (runtime) => {
    let playground: Playground;
    let canaries: Canaries;
    let other: StartedBottle;
    let others: BottleParts;
    beforeAll(async () => {
      canaries = await openCanaries([]);
      const bottle = 'egress: {routes: [{host: api.example.com}]}\n';
      playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: runtime });
      other = playground.start(['python3', '-c', listener]);
      await other.seen('up');
      others = await partsOf(engine.docker, playground.workspace);
    });
    afterAll(async () => {
      other.process.kill('SIGTERM');
      await other.finished;
      playground.remove();
      await canaries.close();
      expect(await leftovers(engine, [])).toEqual([]);
    });

    const cameToTheOther = async () => {
      const log = await engine.docker.getContainer(others.agentId).logs({ stdout: true, follow: false });
      return log.toString().split('someone came').length - 1;
    };
    const othersTargets = (): Target[] => [
      ['tcp', others.agent, agentPort],
      ...sidecarPorts.map((port): Target => ['tcp', others.sidecar, port]),
      ['dns-udp', others.sidecar, 53],
    ];

    it('is reached by others: each canary counts', async () => {
      const host: Target = ['tcp', outerAddress(), canaries.port];
      const ordinary = await withNetwork(engine, { internal: false }, (network, gateway) =>
        reachedFromPlainContainer(engine, network, [host, ['tcp', gateway, canaries.port]]),
      );
      expect(ordinary.filter((name) => name.startsWith('tcp'))).toHaveLength(2);
      // The hole that an internal network has by itself: through the bridge's own address.
      const internal = await withNetwork(engine, { internal: true }, (network, gateway) =>
        reachedFromPlainContainer(engine, network, [['tcp', gateway, canaries.port]]),
      );
      expect(internal).toHaveLength(1);
      expect(canaries.count()).toBe(3);
      const reached = await reachedFromPlainContainer(engine, others.internalNetwork, [
        ['tcp', others.agent, agentPort],
        ['tcp', others.sidecar, 3128],
      ]);
      // The proxy waits for a request; the connection is what counts.
      expect(reached).toHaveLength(2);
      expect(await cameToTheOther()).toBe(1);
    });

    it('is out of the agent’s reach', async () => {
      const attacker = playground.start(['sh', '-c', 'echo up; exec python3 /workspace/attacks/network.py']);
      await attacker.seen('up');
      const own = await partsOf(engine.docker, playground.workspace, [others.bottle]);
      const listening = [others, own].map((parts) => listenIn(engine.docker, parts, outerPort));
      const before = { host: canaries.count(), other: await cameToTheOther() };
      const gateways = await gatewaysOf(engine);
      expect(gateways).toContain(own.outerGateway);
      const targets: Target[] = [
        ...canaries.targets,
        ...othersTargets(),
        ...gateways.flatMap((gateway): Target[] => [
          ['tcp', gateway, canaries.port],
          ['udp', gateway, canaries.port],
          ['icmp', gateway, 0],
          ['dns-udp', gateway, 53],
        ]),
        ...(await Promise.all(listening)).map((address): Target => ['tcp', address, outerPort]),
        ['icmp', others.agent, 0],
        ['icmp', others.sidecar, 0],
        ['tcp', '169.254.169.254', 80],
        ['udp', '169.254.169.254', 53],
        ['tcp', '192.0.2.1', 443],
      ];
      attacker.process.stdin?.end(JSON.stringify(targets));
      const { code, stdout, stderr } = await attacker.finished;
      expect(code, stderr).toBe(0);
      const { reached, outcomes } = JSON.parse(stdout.replace(/^up\n/, ''));
      expect(Object.keys(outcomes).length).toBe(new Set(targets.map((target) => target.join(' '))).size);
      expect(withoutLoopback(reached), JSON.stringify(outcomes)).toEqual([]);
      expect({ host: canaries.count(), other: await cameToTheOther() }).toEqual(before);
    });
  });

  it('a sidecar listens at four ports of the inner network, and has no socket by which it is steered', async () => {
    const playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n', {
      BOT_BOTTLE_RUNTIME: 'runc',
    });
    const started = playground.start(['python3', '-c', scan]);
    try {
      await started.seen('up');
      const own = await partsOf(engine.docker, playground.workspace);
      const tables = await own.inSidecar(
        'cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp; cat /proc/net/unix',
      );
      const tcp = [...tables.matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /gm)];
      // The engine's own resolver, at loopback, is in every container.
      const open = tcp.filter(([, address]) => address !== '0B00007F');
      expect(open.map(([, , port]) => Number.parseInt(port ?? '', 16)).sort((a, b) => a - b)).toEqual(
        sidecarPorts,
      );
      expect(new Set(open.map(([, address]) => address)).size).toBe(1);
      expect(tables.match(/^[0-9a-f]{16}: .* [@/].*$/gm) ?? []).toEqual([]);
      started.process.stdin?.end(`${own.sidecar}\n`);
      const { stdout, stderr } = await started.finished;
      expect(JSON.parse(stdout.replace(/^up\n/, '')), stderr).toEqual(sidecarPorts);
    } finally {
      started.process.kill('SIGTERM');
      await started.finished;
      playground.remove();
    }
  });
});

/** Tries every port of the address that it reads. */
const scan = `
import json, socket
from concurrent.futures import ThreadPoolExecutor
print("up", flush=True)
address = input()
def is_open(port):
    with socket.socket() as s:
        s.settimeout(5)
        return port if s.connect_ex((address, port)) == 0 else None
with ThreadPoolExecutor(16) as workers:
    print(json.dumps([port for port in workers.map(is_open, range(1, 65536)) if port]))
`;

/** Addresses of the host on the engine's networks, and those where it would be. */
async function gatewaysOf({ docker }: TestEngine): Promise<string[]> {
  const networks = await Promise.all(
    (await docker.listNetworks()).map(({ Id }) => docker.getNetwork(Id).inspect()),
  );
  const gateways: string[] = networks.flatMap(({ IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Gateway }) => (Gateway ? [Gateway] : [])),
  );
  return [...new Set(gateways)];
}
