import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Playground, secretToken } from '../../support/bottles.js';
import { type Canary, headerValues } from '../../support/canary.js';
import { makePlaygroundWithUpstream } from '../../support/docker-bottles.js';
import { findEngine, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const runtimes = (found?.runtimes ?? []).filter((name) => name === 'runc' || name === 'runsc');
/** Says what a name server answers: addresses, or the error's number. */
const ask = `
import socket, struct, sys
def ask(server, name, kind, tcp):
    query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0)
    query += b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\\0" + struct.pack(">HH", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as s:
        s.settimeout(4)
        s.connect((server, 53))
        s.send(struct.pack(">H", len(query)) + query if tcp else query)
        answer = s.recv(1024)[2 if tcp else 0:]
    flags, _, records = struct.unpack(">HHH", answer[2:8])
    return f"{flags & 15} {records} {socket.inet_ntoa(answer[-4:]) if records else ''}".strip()
for server, name, kind, tcp in eval(sys.argv[1]):
    try: print(ask(server, name, kind, tcp))
    except OSError as error: print(type(error).__name__)
`;

needs('docker engine', found !== null, 'names and transparent ways in a Docker bottle', () => {
  const engine = found as TestEngine;

  describe.each(runtimes)('under %s', (runtime) => {
    let upstream: Canary;
    let playground: Playground;
    beforeAll(async () => {
      ({ playground, upstream } = await makePlaygroundWithUpstream(engine, 'api.example.com', {
        BOT_BOTTLE_RUNTIME: runtime,
      }));
    });
    afterAll(async () => {
      playground.remove();
      await upstream[Symbol.asyncDispose]();
    });

    it('an allowed name is the sidecar, any other is none, over UDP and TCP', async () => {
      const questions = `[(s, n, k, t) for s in [open("/etc/resolv.conf").read().split()[1]] for t in (False, True)
        for n, k in (("api.example.com", 1), ("API.Example.COM", 1), ("api.example.com", 28), ("other.example.com", 1), ("secret.api.example.com", 1))]`;
      const { stdout, code, stderr } = await playground.run(['python3', '-c', ask, questions]);
      expect(code, stderr).toBe(0);
      const sidecar = expect.stringMatching(/^0 1 198\.1[89]\./);
      const once = [sidecar, sidecar, '0 0', '3 0', '3 0'];
      expect(stdout.trim().split('\n')).toEqual([...once, ...once]);
    });

    it.each([
      ['through the proxy', ['curl', '-sS']],
      ['by a program that ignores the proxy', ['curl', '-sS', '--noproxy', '*']],
    ])('an allowed host is reached %s, with its token', async (_, curl) => {
      const { stdout, stderr } = await playground.run([...curl, 'https://api.example.com/v1']);
      expect(stdout, stderr).toBe('reached GET /v1\n');
      expect(headerValues(upstream.requests.at(-1), 'authorization')).toEqual([`Bearer ${secretToken}`]);
    });

    it('without the proxy the same decisions hold', async () => {
      const before = upstream.connections();
      const sidecar = "$(awk '/^nameserver/ {print $2}' /etc/resolv.conf)";
      const script = `
        curl -sS --noproxy '*' http://api.example.com/; echo
        curl -sS --noproxy '*' --resolve evil.example.org:443:${sidecar} https://evil.example.org/; echo "denied by name $?"
        curl -sS --noproxy '*' --resolve evil.example.org:80:${sidecar} http://evil.example.org/
        curl -sS --noproxy '*' -k https://${sidecar}/; echo "no name $?"
        curl -sS --noproxy '*' -H 'Host: evil.example.org' https://api.example.com/`;
      const { stdout } = await playground.run(['sh', '-c', script]);
      expect(stdout).toContain('plain-http-not-allowed');
      expect(stdout).toMatch(/denied by name (35|5[256])\n/);
      expect(stdout).toContain('host-not-allowed');
      expect(stdout).toMatch(/no name (35|5[256])\n/);
      expect(stdout).toContain('host-mismatch');
      expect(upstream.connections()).toBe(before);
    });
  });
});
