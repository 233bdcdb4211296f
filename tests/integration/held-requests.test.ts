import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Proposal, ProposalEnd } from '../../src/contract/proposal.js';
import type { SidecarConfiguration } from '../../src/contract/sidecar.js';
import { type Canary, startCanary } from '../support/canary.js';
import { type NameServer, startNameServer } from '../support/name-server.js';
import { askInside, askProxy, openTunnel, readAnswer, refusalCode, sendRaw } from '../support/raw-client.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let names: NameServer;
let canary: Canary;
let sidecar: SidecarProcess;

beforeEach(async () => {
  names = await startNameServer({ '*': [['127.0.0.1']] });
  canary = await startCanary({ authority: await createTestAuthority(), names: ['new.test'] });
});
afterEach(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await names[Symbol.asyncDispose]();
  await canary[Symbol.asyncDispose]();
});

async function start(parts: Partial<SidecarConfiguration> = {}): Promise<void> {
  sidecar = await startSidecar({ unknownHost: 'supervise', nameServers: [names.address], ...parts });
}

const proposals = (): Proposal[] =>
  sidecar.messages.flatMap((message) => (message.type === 'proposal' ? [message.proposal] : []));
const ends = (): ProposalEnd[] =>
  sidecar.messages.flatMap((message) => (message.type === 'proposal-ended' ? [message.end] : []));
const ask = (request: string, host = 'new.test') => askInside({ ...sidecar, host }, request);
const get = (path: string, host = 'new.test') => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

describe('a request to a host that no route names', () => {
  test('waits without a byte sent or a name looked up, and is refused with the note of the one who denied it', async () => {
    await start();
    const answer = ask('POST /a?token=1 HTTP/1.1\r\nHost: new.test\r\nContent-Length: 5\r\n\r\nhello');
    await sidecar.until(() => proposals().length === 1);
    expect(proposals()).toMatchObject([
      {
        id: 'test.1',
        kind: 'unknown-host',
        method: 'POST',
        host: 'new.test',
        path: '/a',
        detector: null,
        snippet: null,
        rule: 'egress.unknown_host',
      },
    ]);
    expect(names.questions).toEqual([]);
    sidecar.decide('test.1', 'deny', 'use api.example.com instead');
    const { status, body } = await answer;
    expect(status).toBe(403);
    expect(JSON.parse(body).error).toMatchObject({
      code: 'held-denied',
      note: 'use api.example.com instead',
    });
    expect(names.questions).toEqual([]);
    // Nobody allowed anything by the tunnel that it came by.
    const tunnel = await sidecar.event(({ method }) => method === 'CONNECT');
    expect(tunnel).toMatchObject({ verdict: 'held', host: 'new.test', route: null });
    const event = await sidecar.event(({ method }) => method === 'POST');
    expect(event).toMatchObject({
      verdict: 'refused',
      code: 'held-denied',
      route: null,
      request: proposals()[0]?.request,
    });
  });

  test('is refused when its time is over', async () => {
    await start({ holdTimeout: 50 });
    const answer = await ask(get('/'));
    expect([answer.status, refusalCode(answer)]).toEqual([403, 'held-timeout']);
    await sidecar.until(() => ends().length === 1);
    expect(ends()).toMatchObject([{ outcome: 'timed-out', decision: null }]);
    expect(names.questions).toEqual([]);
  });

  test('is dialled only at a public address, though it was approved', async () => {
    await start();
    const answer = ask(get('/'));
    await sidecar.until(() => proposals().length === 1);
    sidecar.decide('test.1', 'approve-once');
    expect(refusalCode(await answer)).toBe('address-not-allowed');
    expect(names.questions).toContain('new.test 1');
    expect(canary.connections()).toBe(0);
  });

  test("is not asked about again when it was approved for the bottle's life, by this scheme", async () => {
    await start();
    const answers = [ask(get('/1')), ask(get('/2'))];
    await sidecar.until(() => proposals().length === 2);
    sidecar.decide('test.1', 'approve-for-bottle');
    expect((await Promise.all(answers)).map(refusalCode)).toEqual([
      'address-not-allowed',
      'address-not-allowed',
    ]);
    expect(refusalCode(await ask(get('/3')))).toBe('address-not-allowed');
    expect(proposals()).toHaveLength(2);
    const plain = askProxy(sidecar.port, 'GET http://new.test/ HTTP/1.1\r\nHost: new.test\r\n\r\n');
    await sidecar.until(() => proposals().length === 3);
    sidecar.decide('test.3', 'deny-for-bottle');
    expect(refusalCode(await plain)).toBe('held-denied');
    const again = await askProxy(sidecar.port, 'GET http://new.test/ HTTP/1.1\r\nHost: new.test\r\n\r\n');
    expect(refusalCode(again)).toBe('held-denied');
    expect(proposals()).toHaveLength(3);
  });

  test.each([
    ['an address', 'CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 'ip-literal'],
    ['another port', 'CONNECT new.test:8443 HTTP/1.1\r\nHost: new.test\r\n\r\n', 'port-not-allowed'],
    ["this machine's name", 'CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', 'host-not-allowed'],
    [
      'a name that is none',
      'CONNECT new_host.test:443 HTTP/1.1\r\nHost: new_host.test\r\n\r\n',
      'malformed-authority',
    ],
    ['another Host', 'GET http://new.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n', 'host-mismatch'],
    [
      'an ambiguous path',
      'GET http://new.test/%2e%2e/a HTTP/1.1\r\nHost: new.test\r\n\r\n',
      'path-not-canonical',
    ],
    [
      'a push',
      'GET http://new.test/a.git/info/refs?service=git-receive-pack HTTP/1.1\r\nHost: new.test\r\n\r\n',
      'git-push-not-allowed',
    ],
    [
      'DNS over HTTPS',
      'GET http://new.test/dns-query?dns=AAAA HTTP/1.1\r\nHost: new.test\r\n\r\n',
      'doh-not-allowed',
    ],
  ])('is never asked about where a law forbids it: %s', async (_name, bytes, code) => {
    await start();
    expect(refusalCode(await askProxy(sidecar.port, bytes))).toBe(code);
    expect(proposals()).toEqual([]);
  });

  test('is refused at once where the manifest does not say that it is held', async () => {
    await start({ unknownHost: 'block' });
    const answer = await askProxy(sidecar.port, 'CONNECT new.test:443 HTTP/1.1\r\nHost: new.test\r\n\r\n');
    expect(refusalCode(answer)).toBe('host-not-allowed');
    expect(proposals()).toEqual([]);
  });
});

describe('a client that leaves takes its proposal away', () => {
  test.each([
    ['with a request without a body', get('/')],
    ['with a small body', 'POST / HTTP/1.1\r\nHost: new.test\r\nContent-Length: 5\r\n\r\nhello'],
    [
      'with 900 kB',
      `POST / HTTP/1.1\r\nHost: new.test\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(900_000)}`,
    ],
    [
      'with 6 MB',
      `POST / HTTP/1.1\r\nHost: new.test\r\nContent-Length: 6000000\r\n\r\n${'x'.repeat(6_000_000)}`,
    ],
    [
      'in the midst of a chunked body',
      'POST / HTTP/1.1\r\nHost: new.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    ],
    [
      'with a WebSocket',
      'GET / HTTP/1.1\r\nHost: new.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('%s', async (_name, bytes) => {
    await start();
    const client = await openTunnel({ ...sidecar, host: 'new.test' });
    await new Promise((resolve) => client.write(bytes, resolve));
    await sidecar.until(() => proposals().length === 1);
    client.destroy();
    await sidecar.until(() => ends().length === 1);
    expect(ends()).toMatchObject([{ proposal: 'test.1', outcome: 'client-left', decision: null }]);
    sidecar.decide('test.1', 'approve-once');
    const event = await sidecar.event(({ way }) => way === 'tls' || way === 'upgrade');
    expect(event).toMatchObject({ verdict: 'refused', code: 'held-client-left' });
    const next = ask(get('/next'));
    await sidecar.until(() => proposals().length === 2);
    sidecar.decide('test.2', 'deny');
    expect(refusalCode(await next)).toBe('held-denied');
    expect(names.questions).toEqual([]);
  });
});

describe('many at once', () => {
  test('200 are held, each gets its own answer; what is beyond the bound is refused', async () => {
    await start();
    const answers = Array.from({ length: 200 }, (_, index) =>
      ask(get(`/${index}`, `host-${index}.test`), `host-${index}.test`),
    );
    await sidecar.until(() => proposals().length === 200);
    expect(names.questions).toEqual([]);
    for (const { id, host } of proposals()) sidecar.decide(id, 'deny', `not ${host}`);
    const notes = (await Promise.all(answers)).map(({ body }) => JSON.parse(body).error.note);
    expect(notes).toEqual(notes.map((_, index) => `not host-${index}.test`));

    const more = Array.from({ length: 257 }, (_, index) =>
      ask(get('/', `more-${index}.test`), `more-${index}.test`),
    );
    const first = await Promise.race(more);
    expect([first.status, refusalCode(first)]).toEqual([503, 'held-too-many']);
    await sidecar.until(() => proposals().length === 456);
    for (const { id } of proposals().slice(200)) sidecar.decide(id, 'deny');
    const codes = (await Promise.all(more)).map(refusalCode);
    expect(codes.filter((code) => code === 'held-denied')).toHaveLength(256);
  });

  test('several on one connection, answered in their order', async () => {
    await start();
    const client = await openTunnel({ ...sidecar, host: 'new.test' });
    client.write(get('/1') + get('/2'));
    await sidecar.until(() => proposals().length >= 1);
    sidecar.decide('test.1', 'deny', 'first');
    expect(await readAnswer(client)).toMatchObject({ status: 403 });
    await sidecar.until(() => proposals().length === 2);
    client.destroy();
  });
});

describe('the control channel', () => {
  test('takes no garbled line, unknown proposal or unfinished line for an approval', async () => {
    await start();
    const answer = ask(get('/'));
    await sidecar.until(() => proposals().length === 1);
    for (const line of [
      '',
      'approve test.1',
      '{"type":"decision"}',
      '{"type":"decision","proposal":"test.1","decision":"approve","note":null}',
      '{"type":"decision","proposal":"test.2","decision":"approve-once","note":null}',
      '{"type":"event","proposal":"test.1","decision":"approve-once","note":null}',
      '\u0000',
      'x'.repeat(100_000),
    ]) {
      sidecar.tell(line);
    }
    sidecar.child.stdin?.write(
      '{"type":"decision","proposal":"test.1","decision":"approve-once","note":null}',
    );
    sidecar.tell('x');
    sidecar.decide('test.1', 'deny', 'still there');
    const { body } = await answer;
    expect(JSON.parse(body).error).toMatchObject({ code: 'held-denied', note: 'still there' });
    expect(names.questions).toEqual([]);
  });

  test.each([
    ['the end of its input', () => sidecar.child.stdin?.end()],
    ['SIGKILL', () => sidecar.child.kill('SIGKILL')],
    ['SIGTERM', () => sidecar.child.kill('SIGTERM')],
  ])('%s ends the sidecar and all that waits, with nothing sent', async (_name, end) => {
    await start();
    const client = await openTunnel({ ...sidecar, host: 'new.test' });
    const answer = sendRaw(client, get('/'));
    await sidecar.until(() => proposals().length === 1);
    end();
    expect((await answer).status).toBe(0);
    expect(names.questions).toEqual([]);
    expect(canary.connections()).toBe(0);
  });

  test('a parent that stopped reading ends what waits, and nothing new is held', async () => {
    await start();
    const answer = ask(get('/'));
    await sidecar.until(() => proposals().length === 1);
    sidecar.child.stdout?.destroy();
    const next = await ask(get('/next'));
    expect([next.status, refusalCode(next)]).toEqual([503, 'held-unavailable']);
    expect(refusalCode(await answer)).toBe('held-unavailable');
    expect(names.questions).toEqual([]);
  });
});
