import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
/** Half of what bottles draw their addresses from. */
const taken = '198.18.0.0/16';

needs('docker engine', found !== null, 'a bottle’s addresses', () => {
  const engine = found as TestEngine;
  let playground: Playground;
  let network: { remove(): Promise<unknown> };
  beforeAll(async () => {
    network = await engine.docker.createNetwork({
      Name: 'bot-bottle-test-taken',
      Driver: 'bridge',
      IPAM: { Driver: 'default', Config: [{ Subnet: taken }] },
    });
    playground = makeDockerPlayground(engine, engine.member, 'egress: {routes: []}\n');
  });
  afterAll(async () => {
    playground?.remove();
    await network?.remove();
    expect(await leftovers(engine, [])).toEqual([]);
  });

  it.each([1, 2, 3, 4])('are no other network’s, whichever were drawn first (%i)', async () => {
    const { code, stdout, stderr } = await playground.run(['cat', '/etc/resolv.conf']);
    expect(code, stderr).toBe(0);
    // The sidecar's.
    expect(stdout).toMatch(/^nameserver 198\.19\./m);
  });
});
