import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  get,
  heldSecret,
  type InspectionRig,
  post,
  postChunked,
  startInspectionRig,
} from '../support/inspection-rig.js';
import { openTunnel, refusalCode } from '../support/raw-client.js';

/** A worker that ends, throws, runs out of memory or stops for good where a body's type says so. */
const failing = `data:text/javascript,${encodeURIComponent(
  "import { isMainThread, parentPort } from 'node:worker_threads';" +
    'if (!isMainThread) { const on = parentPort.on.bind(parentPort);' +
    'const failures = { "text/ends": () => process.exit(0), "text/throws": () => { throw new Error(); },' +
    '"text/grows": () => { for (const all = []; ; ) all.push({}); }, "text/stops": () => {} };' +
    'parentPort.on = (name, call) => on(name, (job) =>' +
    '(failures[job.source.contentType] ?? call)(job)); }',
)}`;

let rig: InspectionRig;

beforeEach(async () => {
  rig = await startInspectionRig({}, ['--import', failing]);
});
afterEach(() => rig?.[Symbol.asyncDispose]());

const long = (middle = 'nothing') =>
  Buffer.from(`${'A line goes first.\n'.repeat(25_000)}${middle}\n${'A line goes last.\n'.repeat(25_000)}`);
const type = (name: string) => `Content-Type: text/${name}\r\n`;

test.each(['ends', 'throws', 'grows'])(
  'a worker that %s in the midst lets nothing out, and another takes its place',
  async (way) => {
    const requests = [
      post('block.test', long(), type(way)),
      post('block.test', long(heldSecret), type('plain')),
      postChunked('block.test', long(heldSecret), 60_000, type('plain')),
      post('redact.test', long(heldSecret), type('plain')),
    ];
    const answers = await Promise.all(
      requests.map((request, index) => rig.ask(index === 3 ? 'redact.test' : 'block.test', request)),
    );
    expect(refusalCode(answers[0] as (typeof answers)[number])).toBe('scan-failed');
    for (const answer of answers.slice(1, 3))
      expect(['scan-failed', 'secret-found']).toContain(refusalCode(answer));
    expect(rig.arrived()).not.toContain(heldSecret.slice(9));
    rig.forget();
    expect((await rig.ask('block.test', post('block.test', long(), type('plain')))).status).toBe(200);
    expect(refusalCode(await rig.ask('block.test', post('block.test', long(heldSecret))))).toBe(
      'secret-found',
    );
    expect(rig.arrivals.map(({ body }) => body.equals(long()))).toEqual([true]);
  },
  60_000,
);

test('bodies that wait for a worker when their clients leave give their room back', async () => {
  // Nearly all the room that there is for bodies, twice, before a worker that answers nothing.
  const request = post('block.test', Buffer.alloc(1_000_000, 'a line of text\n'), type('stops'));
  for (const round of [1, 2]) {
    const clients = await Promise.all(
      Array.from({ length: 12 }, () => openTunnel({ ...rig.sidecar, host: 'block.test' })),
    );
    await Promise.all(clients.map((client) => new Promise((resolve) => client.write(request, resolve))));
    // Meanwhile the sidecar reads them to their ends.
    for (let count = 0; count < 20; count += 1)
      expect((await rig.ask('off.test', get('off.test', '/meanwhile'))).status).toBe(200);
    for (const client of clients) client.destroy();
    await rig.sidecar.until(() => codes().length >= round * clients.length);
  }
  expect(new Set(codes())).toEqual(new Set(['client-left']));
  expect(rig.arrivals.filter(({ line }) => line !== 'GET /meanwhile')).toEqual([]);
}, 60_000);

const codes = () => rig.sidecar.events.filter(({ method }) => method === 'POST').map(({ code }) => code);
