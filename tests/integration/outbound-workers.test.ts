import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldSecret, type InspectionRig, post, startInspectionRig } from '../support/inspection-rig.js';
import { refusalCode } from '../support/raw-client.js';

const megabyte = 1024 * 1024;

/**
 * Leaves a mark behind the bodies of each job, in memory that no scan looks at, and ends at a job of type `text/again`
 * where none was left before; at any where its heap may grow as far as the requests' own.
 */
const watching = `data:text/javascript,${encodeURIComponent(
  "import { isMainThread, parentPort } from 'node:worker_threads'; import { getHeapStatistics } from 'node:v8';" +
    'if (!isMainThread) { const on = parentPort.on.bind(parentPort);' +
    'parentPort.on = (name, call) => on(name, (job) => {' +
    'const memory = new Uint8Array(job.source.bytes.buffer); const marked = memory[memory.length - 1] === 7;' +
    "const again = job.source.contentType === 'text/again';" +
    `if (getHeapStatistics().heap_size_limit > ${200 * megabyte} || (again && !marked)) process.exit(1);` +
    'if (memory.length > job.source.bytes.length) memory[memory.length - 1] = 7; call(job); }); }',
)}`;

let rig: InspectionRig;

beforeAll(async () => {
  rig = await startInspectionRig({}, ['--import', watching]);
});
afterAll(() => rig?.[Symbol.asyncDispose]());

const longBody = (name: string, middle = 'nothing') =>
  `${`${name} goes first.\n`.repeat(20_000)}${middle}\n${`${name} goes last.\n`.repeat(20_000)}`;
const send = (body: string, type = 'text/plain') =>
  rig.ask('block.test', post('block.test', body, `Content-Type: ${type}\r\n`));

test("memory that a job was handed over in comes back with the answer, for the next one's body", async () => {
  rig.forget();
  const answers = [await send(longBody('one')), await send(longBody('two'), 'text/again')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(rig.arrivals.map(({ body }) => body.toString())).toEqual([longBody('one'), longBody('two')]);
});

test('of many long bodies at once each is judged by itself, and arrives as it was', async () => {
  rig.forget();
  const names = Array.from({ length: 12 }, (_, index) => `body${index}`);
  const bodies = names.map((name, index) => longBody(name, index % 4 === 1 ? heldSecret : 'nothing'));
  const answers = await Promise.all(bodies.map((body) => send(body)));
  for (const [index, answer] of answers.entries()) {
    if (index % 4 === 1) expect(refusalCode(answer)).toBe('secret-found');
    else expect(answer.status).toBe(200);
  }
  const clean = bodies.filter((_, index) => index % 4 !== 1);
  expect(rig.arrivals.map(({ body }) => body.toString()).sort()).toEqual(clean.sort());
});
