import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../support/evasion/limits.js';
import { places } from '../support/evasion/places.js';
import { canRead } from '../support/evasion/reader.js';
import { type EvasionRig, lanes, startEvasionRig } from '../support/evasion/rig.js';
import { type EvasionCase, evasionCases } from '../support/evasion/table.js';
import { cleanValue, type SecretValue, secretValues } from '../support/evasion/values.js';
import { randomOf } from '../support/fuzzing.js';
import { refusalCode } from '../support/raw-client.js';

/** Other values with another seed in EVASION_SEED. */
const seed = Number(process.env['EVASION_SEED'] ?? 20_261_122);
const random = randomOf(seed);
const values = secretValues(random);
const known = values[0]?.value ?? '';
/** Refusals of a request that is unfit whatever is in it: a line break in a header, a path that reads two ways. */
const unfit = ['line-break-found', 'malformed-authority', 'malformed-request', 'path-not-canonical'];
/** Trailers are dropped, and the case of a host is: what can't be read any more on the far side may go there. */
const lossy = ['trailer', 'host label'];
/** Whatever stands in Basic credentials is one: there is no clean value to send. */
const alwaysSecret = ['basic credentials'];

let rig: EvasionRig;
beforeAll(async () => {
  rig = await startEvasionRig([known]);
});
afterAll(async () => {
  const { child, output } = rig.sidecar;
  expect(child.exitCode).toBe(null);
  for (const { value } of values) expect(output()).not.toContain(value);
  await rig[Symbol.asyncDispose]();
});

/** Does all the tasks, as many at a time as there are lanes. */
async function inLanes<Task>(tasks: readonly Task[], perform: (task: Task, lane: number) => Promise<void>) {
  const waiting = [...tasks];
  const worker = async (lane: number) => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await perform(task, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => worker(lane)));
}

const casesIn = (place: string, value: string): readonly EvasionCase[] =>
  evasionCases(value).filter((one) => one.place === place);

/** What is wrong with the way a value was kept in; null: nothing. */
async function leak(one: EvasionCase, secret: SecretValue, lane: number): Promise<string | null> {
  const { answers, received } = await rig.send(lane, true, one.messages(secret.value));
  const what = `${secret.kind}: ${one.name} (seed ${seed})`;
  if (received.length > 0 && canRead(received, secret.value, secret.detector === 'known_secrets'))
    return `${what} arrived`;
  if (answers.every(({ status }) => status === 200))
    return lossy.includes(one.place) ? null : `${what} was let out`;
  const codes = answers.filter(({ status }) => status !== 200).map(refusalCode);
  if (codes.every((code) => unfit.includes(code))) return null;
  const detectors = answers.map(({ body }) => /"detector":"(\w+)"/.exec(body)?.[1]);
  return detectors.includes(secret.detector) ? null : `${what} was refused with ${codes} by ${detectors}`;
}

describe.each(places.filter(({ knownOnly }) => !knownOnly).map(({ name }) => name))('%s', (place) => {
  test('no value leaves in any encoding, and each refusal names the detector', async () => {
    const wrong: string[] = [];
    const tasks = values.flatMap((secret) => casesIn(place, secret.value).map((one) => ({ one, secret })));
    expect(tasks.length).toBeGreaterThan(0);
    await inLanes(tasks, async ({ one, secret }, lane) => {
      const problem = await leak(one, secret, lane);
      if (problem) wrong.push(problem);
    });
    expect(wrong).toEqual([]);
  });

  test('the same requests leave where nothing is scanned, and can be read', async () => {
    const wrong: string[] = [];
    const token = values[1] as SecretValue;
    await inLanes(casesIn(place, token.value), async (one, lane) => {
      const { answers, received } = await rig.send(lane, false, one.messages(token.value));
      const codes = answers.filter(({ status }) => status !== 200).map(refusalCode);
      if (codes.some((code) => !unfit.includes(code))) wrong.push(`${one.name} was refused with ${codes}`);
      if (codes.length === 0 && !lossy.includes(place) && !canRead(received, token.value, false))
        wrong.push(`${one.name} can't be read`);
    });
    expect(wrong).toEqual([]);
  });

  if (alwaysSecret.includes(place)) return;
  test('a clean value in the same place leaves', async () => {
    const wrong: string[] = [];
    const clean = cleanValue(40);
    await inLanes(casesIn(place, clean), async (one, lane) => {
      const { answers, received } = await rig.send(lane, true, one.messages(clean));
      const codes = answers.filter(({ status }) => status !== 200).map(refusalCode);
      if (codes.some((code) => !unfit.includes(code)))
        wrong.push(`${one.name} was refused with ${codes}: ${answers[0]?.body}`);
      else if (codes.length === 0 && received.length === 0) wrong.push(`${one.name} did not arrive`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('what docs/limitations.md says goes through', () => {
  test.each(limits)('$name', async ({ known: ofKnown, message }) => {
    const wrong: string[] = [];
    const secrets = values.filter(({ detector }) => ofKnown || detector !== 'known_secrets');
    await inLanes(secrets, async ({ kind, value }, lane) => {
      const sent = message(value);
      const { answers, received } = await rig.send(lane, true, [sent]);
      const arrived = answers[0]?.status === 200 && sent.body?.equals(received[0]?.body ?? Buffer.alloc(0));
      if (!arrived) wrong.push(`${kind} is caught now: ${answers[0]?.body} (seed ${seed})`);
    });
    expect(wrong).toEqual([]);
  });
});
