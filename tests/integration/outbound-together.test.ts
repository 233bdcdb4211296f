import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldSecret, type InspectionRig, post, startInspectionRig } from '../support/inspection-rig.js';
import { refusalCode } from '../support/raw-client.js';

// Ends as soon as it is handed a body of a type that only these tests send.
const dying = `data:text/javascript,${encodeURIComponent(
  "import { isMainThread, parentPort } from 'node:worker_threads';" +
    'if (!isMainThread) { const on = parentPort.on.bind(parentPort);' +
    "parentPort.on = (name, call) => on(name, (job) => job.bodies.some(({ contentType }) => contentType === 'text/deadly') ? process.exit(1) : call(job)); }",
)}`;
const together = 24;
/** Until a worker is ready, what comes is scanned without one. */
const mostWaves = 100;

let rig: InspectionRig;

beforeAll(async () => {
  rig = await startInspectionRig({}, ['--import', dying]);
});
afterAll(() => rig?.[Symbol.asyncDispose]());

/** So many small bodies at once, each on a connection of its own, told apart by their number. */
function wave(host: string, bodyOf: (index: number) => string, headers = '') {
  const all = Array.from({ length: together }, (_, index) =>
    rig.ask(host, post(host, bodyOf(index), headers)),
  );
  return Promise.all(all);
}

/** Sends waves until a worker has died of one; answers that one's answers. */
async function untilAWorkerDies() {
  for (let count = 0; count < mostWaves; count += 1) {
    rig.forget();
    const answers = await wave(
      'block.test',
      (index) => `{"n":"number ${index}."}`,
      'Content-Type: text/deadly\r\n',
    );
    if (answers.some(({ status }) => status !== 200)) return answers;
  }
  throw new Error('no worker was handed a body');
}

test('a worker that dies refuses all it had of what came together, and nothing else', async () => {
  const answers = await untilAWorkerDies();
  const arrived = rig.arrived();
  for (const [index, answer] of answers.entries()) {
    const letOut = answer.status === 200;
    expect(letOut ? answer.body : refusalCode(answer)).toBe(letOut ? 'ok' : 'scan-failed');
    expect(arrived.includes(`number ${index}.`)).toBe(letOut);
  }
});

test('of bodies that come together those that hold a value are refused, each by itself', async () => {
  const holds = (index: number) => index % 5 === 0;
  for (let count = 0; count < 12; count += 1) {
    rig.forget();
    const answers = await wave('block.test', (index) =>
      JSON.stringify({ n: `number ${index}.`, note: holds(index) ? heldSecret : 'nothing' }),
    );
    const arrived = rig.arrived();
    for (const [index, answer] of answers.entries()) {
      expect(answer.status).toBe(holds(index) ? 403 : 200);
      expect(arrived.includes(`number ${index}.`)).toBe(!holds(index));
    }
    expect(arrived).not.toContain(heldSecret.slice(9));
  }
});

test('two halves of a value in two bodies that come together do not both arrive', async () => {
  const half = heldSecret.length >> 1;
  for (let count = 0; count < 4; count += 1) {
    rig.forget();
    const bodies = [heldSecret.slice(0, half), heldSecret.slice(half)];
    await wave('block.test', (index) => JSON.stringify({ n: index, note: bodies[index - 7] ?? 'nothing' }));
    const arrived = rig.arrived();
    expect(bodies.filter((part) => arrived.includes(part)).length).toBeLessThan(2);
  }
});
