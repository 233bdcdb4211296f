import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, startCanary } from '../support/canary.js';
import { type NameServer, startNameServer } from '../support/name-server.js';
import { ownAddress } from '../support/own-address.js';
import { askInside, refusalCode } from '../support/raw-client.js';
import { plainRoute, routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let names: NameServer;
let canary: Canary;
let expired: Canary;
let stranger: Canary;
let garbage: ReturnType<typeof createServer>;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const [authority, unknown] = await Promise.all([createTestAuthority(), createTestAuthority()]);
  const hosts = ['private.test', 'rebinding.test', 'extra.test'];
  canary = await startCanary({ authority, names: hosts });
  expired = await startCanary({ authority, names: ['expired.test'], expired: true });
  stranger = await startCanary({ authority: unknown, names: ['stranger.test'] });
  garbage = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 banana\r\n\r\n'));
  });
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
  names = await startNameServer({
    'rebinding.test': [['192.0.2.1', '127.0.0.1'], ['127.0.0.1']],
    'mixed.test': [['127.0.0.1']],
    'metadata.test': [['169.254.169.254']],
    'inner.test': [['10.1.2.3']],
  });
  const own = { certificateAuthority: authority.certificate };
  sidecar = await startSidecar({
    routes: [
      ...['rebinding.test', 'mixed.test', 'metadata.test', 'inner.test', 'nowhere.test'].map((host) => ({
        ...plainRoute,
        ...own,
        host,
      })),
      routeTo('extra.test', canary.port),
      routeTo('wrong-name.test', canary.port, own),
      routeTo('expired.test', expired.port, own),
      routeTo('stranger.test', stranger.port, own),
      { ...plainRoute, ...own, host: 'closed.test', connectTo: { host: ownAddress(), port: 3443 } },
      routeTo('garbage.test', (garbage.address() as AddressInfo).port, { ...own, host: 'garbage.test' }),
      { ...routeTo('localhost', canary.port, own), connectTo: null },
    ],
    extraCertificateAuthorities: [],
    nameServers: [names.address],
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  for (const part of [canary, expired, stranger, names]) await part?.[Symbol.asyncDispose]();
  await new Promise((resolve) => garbage.close(resolve));
});

const ask = (host: string) =>
  askInside({ ...sidecar, host }, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

describe('a name is resolved when it is dialled, and every address is checked:', () => {
  test('a rebinding name with one bad address is refused, and again when it has only that', async () => {
    for (let count = 0; count < 2; count += 1) {
      const answer = await ask('rebinding.test');
      expect([answer.status, refusalCode(answer)]).toEqual([403, 'address-not-allowed']);
    }
    expect(names.questions.filter((question) => question === 'rebinding.test 1').length).toBe(2);
    expect(canary.connections()).toBe(0);
  });

  test.each(['mixed.test', 'metadata.test', 'inner.test'])('%s is refused', async (host) => {
    expect(refusalCode(await ask(host))).toBe('address-not-allowed');
    expect(canary.connections()).toBe(0);
  });

  test('a name without an address is said to be one', async () => {
    const answer = await ask('nowhere.test');
    expect([answer.status, refusalCode(answer)]).toEqual([502, 'name-not-resolved']);
  });
});

describe('the upstream’s certificate must', () => {
  test.each([
    ['be for the route’s name', 'wrong-name.test'],
    ['be of an authority that is trusted', 'stranger.test'],
    ['be of an authority that this route trusts', 'extra.test'],
    ['be in force', 'expired.test'],
  ])('%s', async (_name, host) => {
    const answer = await ask(host);
    expect([answer.status, refusalCode(answer)]).toEqual([502, 'upstream-certificate']);
    expect(canary.requests.length + expired.requests.length + stranger.requests.length).toBe(0);
  });
});

test('an upstream that does not listen is unreachable', async () => {
  const answer = await ask('closed.test');
  expect([answer.status, refusalCode(answer)]).toEqual([502, 'upstream-unreachable']);
});

test('an upstream that does not speak TLS is unreachable', async () => {
  const answer = await ask('garbage.test');
  expect([answer.status, refusalCode(answer)]).toEqual([502, 'upstream-unreachable']);
});

test('localhost is no route’s host without connect_to', async () => {
  await expect(ask('localhost')).rejects.toThrow('host-not-allowed');
});

test('an extra authority is trusted for every upstream', async () => {
  const authority = await createTestAuthority();
  await using upstream = await startCanary({ authority, names: ['extra.test'] });
  await using other = await startSidecar({
    routes: [routeTo('extra.test', upstream.port)],
    extraCertificateAuthorities: [authority.certificate],
  });
  const answer = await askInside(
    { ...other, host: 'extra.test' },
    'GET / HTTP/1.1\r\nHost: extra.test\r\n\r\n',
  );
  expect(answer.status).toBe(200);
});
