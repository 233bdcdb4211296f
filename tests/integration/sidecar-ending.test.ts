import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultDlp } from '../../src/contract/route.js';
import type { SidecarConfiguration } from '../../src/contract/sidecar.js';
import { type Canary, startCanary } from '../support/canary.js';
import { type NameServer, startNameServer } from '../support/name-server.js';
import { secretValue } from '../support/proxy-rig.js';
import { askInside, askProxy, openTunnel, refusalCode } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let upstream: Canary;
let names: NameServer;
let routes: SidecarConfiguration['routes'];
let sidecar: SidecarProcess;

beforeEach(async () => {
  const authority = await createTestAuthority();
  // It takes a request and never answers.
  upstream = await startCanary({ authority, names: ['slow.test', 'block.test'] }, (request) =>
    request.resume(),
  );
  names = await startNameServer({ '*': [['127.0.0.1']] });
  const own = { certificateAuthority: authority.certificate };
  routes = [
    routeTo('slow.test', upstream.port, own),
    routeTo('block.test', upstream.port, { ...own, dlp: { ...defaultDlp, outboundOnMatch: 'block' } }),
  ];
});
afterEach(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await names[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  sidecar = await startSidecar({
    routes,
    secrets: { TOKEN: secretValue },
    unknownHost: 'supervise',
    nameServers: [names.address],
  });
}

const refused = 'CONNECT new.test:8443 HTTP/1.1\r\nHost: new.test\r\n\r\n';
const get = (host: string) => `GET /now HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

describe.each([
  ['the end of its input', () => sidecar.child.stdin?.end()],
  ['SIGTERM', () => sidecar.child.kill('SIGTERM')],
  [
    'both, twice',
    () => {
      sidecar.child.stdin?.end();
      sidecar.child.kill('SIGTERM');
    },
  ],
])('a sidecar that ends by %s', (_name, end) => {
  /** Ends it at this moment, and waits until all that it said is read. */
  async function ended(): Promise<void> {
    const closed = once(sidecar.child, 'close');
    end();
    expect(await closed).toEqual([0, null]);
  }
  const eventOf = (method: string) => sidecar.events.filter((event) => event.method === method);

  test('tells of a CONNECT that it has just refused, its detectors not even prepared', async () => {
    for (let round = 0; round < 5; round += 1) {
      await start();
      expect(refusalCode(await askProxy(sidecar.port, refused))).toBe('port-not-allowed');
      await ended();
      expect(eventOf('CONNECT')).toMatchObject([{ host: 'new.test', code: 'port-not-allowed' }]);
    }
  });

  test('tells of a secret that it has just kept from leaving', async () => {
    await start();
    const post = `POST / HTTP/1.1\r\nHost: block.test\r\nContent-Length: ${secretValue.length}\r\n\r\n${secretValue}`;
    expect(refusalCode(await askInside({ ...sidecar, host: 'block.test' }, post))).toBe('secret-found');
    await ended();
    expect(eventOf('POST')).toMatchObject([{ verdict: 'refused', code: 'secret-found' }]);
    expect(sidecar.output()).not.toContain(secretValue);
    expect(upstream.requests).toEqual([]);
  });

  test('tells of a request that is still waiting for its answer', async () => {
    await start();
    const client = await openTunnel({ ...sidecar, host: 'slow.test' });
    const arrived = once(upstream.server, 'request');
    client.write(get('slow.test'));
    await arrived;
    await ended();
    expect(eventOf('GET')).toMatchObject([{ verdict: 'allowed', host: 'slow.test', status: 0 }]);
  });

  test('refuses what it held, and says so', async () => {
    await start();
    const client = await openTunnel({ ...sidecar, host: 'new.test' });
    client.write(get('new.test'));
    await sidecar.until((messages) => messages.some(({ type }) => type === 'proposal'));
    await ended();
    expect(eventOf('GET')).toMatchObject([{ verdict: 'refused', code: 'held-unavailable' }]);
    expect(sidecar.messages).toContainEqual({
      type: 'proposal-ended',
      end: expect.objectContaining({ proposal: 'test.1', outcome: 'bottle-ended' }),
    });
    expect(names.questions).toEqual([]);
  });
});

test('a parent that reads late gets all, and one that never reads holds up no end', async () => {
  const asked = 1500;
  const ask = async () => {
    await start();
    sidecar.child.stdout?.pause();
    for (let round = 0; round < asked; round += 50)
      await Promise.all(Array.from({ length: 50 }, () => askProxy(sidecar.port, refused)));
  };
  await ask();
  const closed = once(sidecar.child, 'close');
  sidecar.child.stdin?.end();
  sidecar.child.stdout?.resume();
  await closed;
  expect(sidecar.events).toHaveLength(asked);

  await ask();
  const exit = once(sidecar.child, 'exit');
  sidecar.child.stdin?.end();
  expect(await exit).toEqual([0, null]);
  expect(sidecar.events.length).toBeLessThan(asked);
});
