import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldSecret, type InspectionRig, post, startInspectionRig } from '../support/inspection-rig.js';

const together = 24;
let rig: InspectionRig;

beforeAll(async () => {
  rig = await startInspectionRig();
});
afterAll(() => rig?.[Symbol.asyncDispose]());

/** So many small bodies at once, each on a connection of its own, told apart by their number. */
function wave(host: string, bodyOf: (index: number) => string, headers = '') {
  const all = Array.from({ length: together }, (_, index) =>
    rig.ask(host, post(host, bodyOf(index), headers)),
  );
  return Promise.all(all);
}

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
