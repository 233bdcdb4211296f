import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, runAttack } from '../../support/bottle-suite.js';
import { give } from '../../support/bottles.js';
import { type Canaries, openCanaries, withoutLoopback } from '../../support/canaries.js';

/** Every way to the host that needs no proxy. */
export function attackTheNetwork(bench: Bench): void {
  describe('the network', () => {
    let canaries: Canaries;
    let sockets: string;
    beforeAll(async () => {
      sockets = join(bench.playground.folder, 'sockets');
      mkdirSync(sockets);
      canaries = await openCanaries(['docker.sock', 'agent.1', 'bus'].map((name) => join(sockets, name)));
      give(sockets, bench.operator);
    });
    afterAll(() => canaries.close());

    it('TCP, UDP, DNS, ICMP, abstract and other unix sockets of the host are out of reach', async () => {
      const { reached, outcomes } = await runAttack(bench, 'network', JSON.stringify(canaries.targets));
      expect(withoutLoopback(reached), JSON.stringify(outcomes)).toEqual([]);
      expect(canaries.count()).toBe(0);
    });

    it('sockets named by the operator’s environment are not handed on', async () => {
      const environment = {
        SSH_AUTH_SOCK: join(sockets, 'agent.1'),
        DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(sockets, 'bus')}`,
      };
      const { stdout, code } = await bench.playground.run(
        [
          'sh',
          '-c',
          'env; find / -xdev -path /proc -prune -o -type s -print 2>/dev/null; find /run /tmp /var /dev -type s; true',
        ],
        { environment },
      );
      expect(code).toBe(0);
      for (const name of Object.keys(environment)) expect(stdout).not.toContain(name);
      expect([...new Set(stdout.match(/^\/.*$/gm))]).toEqual(bench.walls.sockets);
      expect(canaries.count()).toBe(0);
    });

    it('programs that ignore the proxy get nowhere', async () => {
      const { stdout } = await bench.playground.run([
        'sh',
        '-c',
        'curl -sS --noproxy "*" -m 3 http://192.0.2.1/; echo $?; curl -sS --noproxy "*" -m 3 https://example.com/; echo $?',
      ]);
      const [address, name] = stdout.trim().split('\n').map(Number);
      expect(bench.walls.noRoute).toContain(address);
      expect(name).toBe(6);
    });
  });
}
