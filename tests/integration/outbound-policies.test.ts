import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { get, heldSecret, type InspectionRig, post, postChunked } from '../support/inspection-rig.js';
import { shareInspectionRig } from '../support/inspection-suite.js';
import { refusalCode } from '../support/raw-client.js';

let rig: InspectionRig;

shareInspectionRig((started) => {
  rig = started;
});

const gzipped = 'Content-Encoding: gzip\r\n';

/** Where a value may stand, and the request that has it there. */
const surfaces: readonly (readonly [place: string, request: (host: string) => string | Buffer])[] = [
  ['path', (host) => get(host, `/a/${heldSecret}/b`)],
  ['query', (host) => get(host, `/a?x=1&key=${heldSecret}`)],
  ['header x-note', (host) => get(host, '/', `X-Note: ${heldSecret}\r\n`)],
  ['header authorization', (host) => get(host, '/', `Authorization: Bearer ${heldSecret}\r\n`)],
  ['header cookie', (host) => get(host, '/', `Cookie: a=1; b=${heldSecret}\r\n`)],
  ['body', (host) => post(host, `{"note":"it is ${heldSecret}"}`)],
  ['body', (host) => post(host, gzipSync(`{"note":"it is ${heldSecret}"}`), gzipped)],
  ['body', (host) => postChunked(host, Buffer.from(`{"note":"it is ${heldSecret}"}`), 7)],
  [
    'body',
    (host) => postChunked(host, Buffer.from(`${'a line of text\n'.repeat(200_000)}${heldSecret}`), 50_000),
  ],
];

describe('a value that the bottle holds', () => {
  test.each(surfaces)('in the %s is refused where the route says block', async (place, request) => {
    const answer = await rig.ask('block.test', request('block.test'));
    expect([answer.status, refusalCode(answer)]).toEqual([403, 'secret-found']);
    expect(JSON.parse(answer.body).error.finding).toEqual({
      detector: 'known_secrets',
      rule: 'VAULT_KEY',
      place,
    });
    expect(JSON.parse(answer.body).error.allow).toContain('outbound_on_match: supervise');
    expect(answer.headers.get('x-bot-bottle-verdict')).toBe('refused; code=secret-found');
    const event = await rig.sidecar.event(({ method }) => method !== 'CONNECT');
    expect(event).toMatchObject({
      verdict: 'refused',
      code: 'secret-found',
      finding: { detector: 'known_secrets', rule: 'VAULT_KEY', class: 'known', place, outcome: 'blocked' },
    });
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
    expect(rig.arrivals.filter(({ complete }) => complete)).toEqual([]);
  });

  test.each(surfaces)(
    'in the %s is covered where it says redact, and the rest arrives',
    async (place, request) => {
      const answer = await rig.ask('redact.test', request('redact.test'));
      expect([answer.status, answer.body]).toEqual([200, 'ok']);
      expect(rig.arrivals).toHaveLength(1);
      const [arrival] = rig.arrivals;
      expect(arrival?.complete).toBe(true);
      const body = arrival?.headers.includes('gzip') ? gunzipSync(arrival.body) : arrival?.body;
      const all = `${rig.arrived()}${body?.toString('latin1')}`;
      expect(all).not.toContain(heldSecret.slice(9));
      expect(all).toContain('*'.repeat(heldSecret.length - 9));
      const event = await rig.sidecar.event(({ method }) => method !== 'CONNECT');
      expect(event).toMatchObject({
        verdict: 'allowed',
        status: 200,
        finding: { place, outcome: 'redacted' },
      });
    },
  );

  test.each(surfaces)(
    'in the %s waits where it says supervise, and arrives as it was when approved',
    async (place, request) => {
      const answer = rig.ask('supervise.test', request('supervise.test'));
      const proposal = await rig.proposal(1);
      expect(proposal).toMatchObject({
        kind: 'finding',
        host: 'supervise.test',
        detector: 'known_secrets',
        rule: 'egress.routes[supervise.test].dlp',
      });
      expect(proposal.snippet).toContain(`VAULT_KEY in ${place}`);
      expect(rig.arrived()).not.toContain(heldSecret.slice(9));
      rig.sidecar.decide(proposal.id, 'approve-once');
      expect((await answer).status).toBe(200);
      const [arrival] = rig.arrivals;
      const body = arrival?.headers.includes('gzip') ? gunzipSync(arrival.body) : arrival?.body;
      expect(`${rig.arrived()}${body?.toString('latin1')}`).toContain(heldSecret);
      const event = await rig.sidecar.event(({ method }) => method !== 'CONNECT');
      expect(event).toMatchObject({ verdict: 'allowed', finding: { place, outcome: 'approved' } });
    },
  );

  test.each(surfaces)('in the %s does not leave when denied', async (_place, request) => {
    const answer = rig.ask('supervise.test', request('supervise.test'));
    const proposal = await rig.proposal(1);
    rig.sidecar.decide(proposal.id, 'deny', 'use the vault');
    const { status, body } = await answer;
    expect(status).toBe(403);
    expect(JSON.parse(body).error).toMatchObject({
      code: 'held-denied',
      note: 'use the vault',
      // Who denied it is asked already.
      allow: null,
    });
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
    expect(rig.arrivals.filter(({ complete }) => complete)).toEqual([]);
  });

  test('goes where the route has no detectors', async () => {
    expect((await rig.ask('off.test', get('off.test', `/${heldSecret}`))).status).toBe(200);
    expect(rig.arrived()).toContain(heldSecret);
  });

  test.each([
    ['the name of a header', get('redact.test', '/', `X-${heldSecret}: 1\r\n`), 'redact.test'],
    ['the host', get(`${heldSecret.toLowerCase()}.wild.test`, '/'), `${heldSecret.toLowerCase()}.wild.test`],
    ['the part of the path that the rules ask for', get('picky.test', `/v1${heldSecret}`), 'picky.test'],
  ])('is refused where it says redact, in %s', async (_name, request, host) => {
    const answer = await rig.ask(host, request);
    if (host !== 'picky.test') {
      expect([answer.status, refusalCode(answer)]).toEqual([403, 'not-redactable']);
      expect(rig.arrivals).toEqual([]);
    } else expect([403, 200]).toContain(answer.status);
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
  });
});
