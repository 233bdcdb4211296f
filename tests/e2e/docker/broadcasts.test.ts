import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
/** Unbound, bound to the bottle's own address, and bound to its interface: three ways to a route. */
const attack = (port: number) => `
import socket
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
own.connect(("198.18.0.1", 9))
own = own.getsockname()[0]
def attempt(target, prepare):
    try:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        prepare(s)
        s.sendto(b"from the agent", (target, ${port}))
    except OSError:
        pass
for target in ("255.255.255.255", "224.0.0.1", "224.0.0.251", "239.255.255.250"):
    attempt(target, lambda s: None)
    attempt(target, lambda s: s.bind((own, 0)))
    attempt(target, lambda s: s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0"))
    attempt(target, lambda s: s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own)))
print("tried")
`;

needs('docker engine', found !== null, 'what is sent to everybody', () => {
  const engine = found as TestEngine;
  let playground: Playground;
  beforeAll(() => {
    playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
  });
  afterAll(() => playground.remove());

  for (const runtime of ['runc', 'runsc'])
    needs(runtime, engine.runtimes.includes(runtime), `under ${runtime}`, () => {
      it('reaches no program of the host that listens on all addresses', async () => {
        const listener = createSocket('udp4');
        const received: string[] = [];
        try {
          listener.bind(0, '0.0.0.0');
          await once(listener, 'listening');
          listener.on('message', (message) => received.push(message.toString()));
          const { code, stdout, stderr } = await playground.run(
            ['python3', '-c', attack(listener.address().port)],
            { environment: { BOT_BOTTLE_RUNTIME: runtime } },
          );
          expect(code, stderr).toBe(0);
          expect(stdout).toBe('tried\n');
          // The listener works, and what was sent before has come by now.
          const probe = createSocket('udp4');
          const next = once(listener, 'message');
          probe.send('own', listener.address().port, '127.0.0.1');
          await next;
          probe.close();
          expect(received.filter((text) => text !== 'own')).toEqual([]);
        } finally {
          listener.close();
        }
      });
    });
});
