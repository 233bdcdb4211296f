import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultDlp } from '../../src/contract/route.js';
import { get, heldSecret, type InspectionRig, post, startInspectionRig } from '../support/inspection-rig.js';
import { startNameServer } from '../support/name-server.js';
import { refusalCode } from '../support/raw-client.js';

let rig: InspectionRig;

beforeEach(async () => {
  rig = await startInspectionRig();
});
afterEach(async () => {
  expect(rig.sidecar.output()).not.toContain(heldSecret.slice(9));
  await rig[Symbol.asyncDispose]();
});

const token = (letter: string) => `ghp_${`${letter}x9Kd2LmQ7vRt4WnB`.repeat(3).slice(0, 36)}`;

describe('an approval', () => {
  test('for once covers one request', async () => {
    const answer = rig.ask('supervise.test', post('supervise.test', `{"a":"${token('A')}"}`));
    rig.sidecar.decide((await rig.proposal(1)).id, 'approve-once');
    expect((await answer).status).toBe(200);
    const again = rig.ask('supervise.test', post('supervise.test', `{"a":"${token('A')}"}`));
    rig.sidecar.decide((await rig.proposal(2)).id, 'deny');
    expect(refusalCode(await again)).toBe('held-denied');
  });

  test("for the bottle's life covers the same value to the same host, wherever it stands, and nothing else", async () => {
    const first = rig.ask('supervise.test', post('supervise.test', `{"a":"${token('A')}"}`));
    rig.sidecar.decide((await rig.proposal(1)).id, 'approve-for-bottle');
    expect((await first).status).toBe(200);
    expect((await rig.ask('supervise.test', get('supervise.test', `/?again=${token('A')}`))).status).toBe(
      200,
    );
    expect(rig.proposals()).toHaveLength(1);
    const other = rig.ask('supervise.test', get('supervise.test', `/?key=${token('B')}`));
    expect((await rig.proposal(2)).host).toBe('supervise.test');
    rig.sidecar.decide('test.2', 'deny');
    expect((await other).status).toBe(403);
    const both = rig.ask('supervise.test', get('supervise.test', `/?key=${token('A')}&b=${token('C')}`));
    rig.sidecar.decide((await rig.proposal(3)).id, 'deny');
    expect((await both).status).toBe(403);
    expect(refusalCode(await rig.ask('block.test', get('block.test', `/?again=${token('A')}`)))).toBe(
      'secret-found',
    );
  });

  test.each([
    ['body', (values: readonly string[]) => post('supervise.test', JSON.stringify(values))],
    [
      'head',
      (values: readonly string[]) =>
        get('supervise.test', '/', values.map((value) => `X-A: ${value}\r\n`).join('')),
    ],
  ] as const)(
    'covers no other value after a hundred times the one that was approved, in the %s',
    async (_, request) => {
      const first = rig.ask('supervise.test', request([token('A')]));
      rig.sidecar.decide((await rig.proposal(1)).id, 'approve-for-bottle');
      expect((await first).status).toBe(200);
      const hidden = rig.ask('supervise.test', request([...Array(120).fill(token('A')), heldSecret]));
      rig.sidecar.decide((await rig.proposal(2)).id, 'deny');
      expect(refusalCode(await hidden)).toBe('held-denied');
    },
  );

  test('of a value too long to be told from others covers one request', async () => {
    const wrapped = (end: string) =>
      Buffer.from(`${`my ${token('A')} is one of many, `.repeat(150)}${end}`)
        .toString('base64')
        .replace(/.{76}/g, '$&\n');
    const first = rig.ask('supervise.test', post('supervise.test', wrapped('done')));
    rig.sidecar.decide((await rig.proposal(1)).id, 'approve-for-bottle');
    expect((await first).status).toBe(200);
    const other = rig.ask('supervise.test', post('supervise.test', wrapped(`my ${token('B')}`)));
    rig.sidecar.decide((await rig.proposal(2)).id, 'deny');
    expect(refusalCode(await other)).toBe('held-denied');
  });

  test('is asked for with all that is found, a value that the bottle holds first', async () => {
    const body = JSON.stringify({ sample: token('A'), other: token('B'), note: heldSecret });
    const answer = rig.ask('supervise.test', post('supervise.test', body));
    const { id, detector, snippet } = await rig.proposal(1);
    expect(detector).toBe('known_secrets');
    expect(snippet).toMatch(/^VAULT_KEY in body, and also: github[\w-]* in body/i);
    rig.sidecar.decide(id, 'deny');
    await answer;
  });

  test('never shows the value', async () => {
    const answer = rig.ask('supervise.test', get('supervise.test', `/keys/${token('A')}/x?k=${token('B')}`));
    const proposal = await rig.proposal(1);
    expect(JSON.stringify(proposal)).not.toMatch(/x9Kd2LmQ7vRt4WnB/);
    expect(proposal.path).toMatch(/^\/keys\/\*+\/x$/);
    rig.sidecar.decide(proposal.id, 'deny');
    await answer;
    const event = await rig.sidecar.event(({ method }) => method === 'GET');
    expect(event.path).toMatch(/^\/keys\/\*+\/x$/);
  });
});

describe('a value in pieces', () => {
  const pieces = (size: number) => heldSecret.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];

  /** Sends one request after another until one is not let out. */
  async function sendUntilHeld(
    hosts: readonly string[],
    requests: readonly ((host: string) => string | Buffer)[],
  ) {
    for (const [index, request] of requests.entries()) {
      const host = hosts[index % hosts.length] as string;
      const answer = await rig.ask(host, request(host));
      if (answer.status !== 200) return { sent: index, code: refusalCode(answer) };
    }
    return { sent: requests.length, code: null };
  }

  type Ask = (piece: string) => (host: string) => string | Buffer;

  test.each<[string, Ask]>([
    ['queries', (piece) => (host) => get(host, `/log?m=${piece}`)],
    ['paths', (piece) => (host) => get(host, `/log/${piece}`)],
    ['bodies', (piece) => (host) => post(host, `{"m":"${piece}"}`)],
    ['headers', (piece) => (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Tag: ${piece}\r\n\r\n`],
  ])('over the %s of several requests does not leave whole', async (_name, request) => {
    for (const size of [1, 3, 10]) {
      const { sent, code } = await sendUntilHeld(['block.test'], pieces(size).map(request));
      expect(code).toBe('secret-found');
      expect(sent * size).toBeLessThan(heldSecret.length - 5);
    }
  });

  const text = 'Content-Type: text/plain\r\n';
  test.each<[string, Ask]>([
    ['asked for again', (piece) => (host) => get(host, `/log/${piece.length}?${piece}`)],
    [
      'gzipped',
      (piece) => (host) => post(host, gzipSync(`on ${piece}`), `${text}Content-Encoding: gzip\r\n`),
    ],
    ['said to be as it is', (piece) => (host) => post(host, piece, `${text}Content-Encoding: identity\r\n`)],
    [
      'behind a very long text',
      (piece) => (host) => post(host, `${'word '.repeat(250_000)}${piece} ${'word '.repeat(1000)}`, text),
    ],
    ['behind a long text', (piece) => (host) => post(host, `${'word '.repeat(20_000)}${piece}`, text)],
  ])('does not leave whole, %s', async (_name, request) => {
    const requests = pieces(10).flatMap((piece) => [request(piece), request(piece)]);
    const codes: (string | null)[] = [];
    for (const one of requests) {
      const answer = await rig.ask('block.test', one('block.test'));
      codes.push(answer.status === 200 ? null : refusalCode(answer));
    }
    expect(codes).toEqual([null, null, ...Array(codes.length - 2).fill('secret-found')]);
  });

  test.each(['redact.test', 'supervise.test'])(
    'does not leave whole beside what is let out by %s',
    async (host) => {
      const request = (piece: string) => post(host, JSON.stringify({ a: token('A'), b: `is ${piece}` }));
      const [first = '', ...others] = pieces(10);
      const answer = rig.ask(host, request(first));
      if (host === 'supervise.test') rig.sidecar.decide((await rig.proposal(1)).id, 'approve-for-bottle');
      expect((await answer).status).toBe(200);
      for (const [index, piece] of others.entries()) {
        const later = rig.ask(host, request(piece));
        if (host === 'supervise.test') rig.sidecar.decide((await rig.proposal(index + 2)).id, 'deny');
        expect((await later).status).toBe(403);
      }
    },
  );

  test('over several hosts, in any order, does not leave whole', async () => {
    const requests = pieces(8)
      .reverse()
      .map((piece) => (host: string) => get(host, `/log?m=${piece}`));
    const { code } = await sendUntilHeld(['block.test', 'redact.test'], requests);
    expect(code).toBe('secret-found');
  });

  test('is held where the route says supervise', async () => {
    const [first = '', second = ''] = pieces(11);
    expect((await rig.ask('supervise.test', get('supervise.test', `/?m=${first}`))).status).toBe(200);
    const last = rig.ask('supervise.test', get('supervise.test', `/?m=${second}`));
    const proposal = await rig.proposal(1);
    expect(proposal.snippet).toContain('VAULT_KEY in parts of several requests');
    rig.sidecar.decide(proposal.id, 'deny');
    expect((await last).status).toBe(403);
  });

  test('leaves ordinary requests alone', async () => {
    for (let count = 0; count < 60; count += 1) {
      const body = JSON.stringify({
        id: count,
        name: `entry number ${count}`,
        key: 'vault',
        tags: ['a', 'b'],
      });
      expect((await rig.ask('block.test', post('block.test', body))).status).toBe(200);
      expect(
        (await rig.ask('block.test', get('block.test', `/v1/items/${count}?page=${count % 7}`))).status,
      ).toBe(200);
    }
  });
});

test('a request to a host that was approved is scanned like any other', async () => {
  await using names = await startNameServer({ '*': [['127.0.0.1']] });
  await using held = await startInspectionRig({ unknownHost: 'supervise', nameServers: [names.address] });
  const answer = held.ask('new.test', post('new.test', `{"a":"${heldSecret}"}`));
  const host = await held.proposal(1);
  expect(host).toMatchObject({ kind: 'unknown-host', host: 'new.test' });
  held.sidecar.decide(host.id, 'approve-for-bottle');
  const finding = await held.proposal(2);
  expect(finding).toMatchObject({ kind: 'finding', detector: 'known_secrets' });
  expect(names.questions).toEqual([]);
  held.sidecar.decide(finding.id, 'deny');
  expect(refusalCode(await answer)).toBe('held-denied');
  expect(names.questions).toEqual([]);
});

test('a host whose name holds a secret is refused before anybody is asked, and not told', async () => {
  await using names = await startNameServer({ '*': [['127.0.0.1']] });
  await using held = await startInspectionRig({ unknownHost: 'supervise', nameServers: [names.address] });
  const host = `${heldSecret.toLowerCase()}.evil.test`;
  const answer = await held.ask(host, get(host, '/'));
  expect(refusalCode(answer)).toBe('secret-found');
  expect(held.proposals()).toEqual([]);
  expect(names.questions).toEqual([]);
  await held.sidecar.event(({ way }) => way === 'tls');
  expect(held.sidecar.output().toLowerCase()).not.toContain(heldSecret.slice(9).toLowerCase());
});

test('a worker that dies refuses what it had, and the next body gets another', async () => {
  const dies = `data:text/javascript,${encodeURIComponent(
    "import { isMainThread, parentPort } from 'node:worker_threads';" +
      'if (!isMainThread) { const on = parentPort.on.bind(parentPort);' +
      "parentPort.on = (name, call) => on(name, (job) => job.source.contentType === 'text/deadly' ? process.exit(1) : call(job)); }",
  )}`;
  await using fragile = await startInspectionRig({}, ['--import', dies]);
  const body = Buffer.alloc(300_000, 'a line of text\n');
  const deadly = await fragile.ask(
    'supervise.test',
    post('supervise.test', body, 'Content-Type: text/deadly\r\n'),
  );
  expect([deadly.status, refusalCode(deadly)]).toEqual([503, 'scan-failed']);
  expect(fragile.arrivals).toEqual([]);
  const next = await fragile.ask('supervise.test', post('supervise.test', body));
  expect([next.status, next.body]).toEqual([200, 'ok']);
});

test('a detector that there is not keeps the sidecar from starting', async () => {
  const { plainRoute } = await import('../support/routes.js');
  const { startSidecar } = await import('../support/sidecar-process.js');
  const dlp = { ...defaultDlp, outbound: ['no_such_detector'] };
  await expect(startSidecar({ routes: [{ ...plainRoute, dlp }] })).rejects.toThrow(
    /outbound\[0\]: no detector has this name/,
  );
});
