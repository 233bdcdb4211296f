import { describe, expect, test } from 'vitest';
import { encodings } from '../support/encodings.js';
import { places } from '../support/evasion/places.js';
import { canRead } from '../support/evasion/reader.js';
import { startEvasionRig } from '../support/evasion/rig.js';
import { evasionCases } from '../support/evasion/table.js';
import { secretValues } from '../support/evasion/values.js';
import { randomOf } from '../support/fuzzing.js';

/** Other values with another seed in EVASION_SEED. */
const seed = Number(process.env['EVASION_SEED'] ?? 20_261_122);
const random = randomOf(seed);
const overRequests = places.filter(({ knownOnly }) => knownOnly).map(({ name }) => name);

describe('a value that the bottle holds, in three parts over three requests', () => {
  // A sidecar for each encoding and a value for each place: what left in one case tells nothing of another.
  test.each(Object.keys(encodings))('%s', async (encoding) => {
    const cases = overRequests.flatMap((place) => {
      const [secret] = secretValues(random);
      const value = secret?.value ?? '';
      return evasionCases(value)
        .filter((one) => one.place === place && one.encoding === encoding)
        .map((one) => ({ one, value }));
    });
    await using rig = await startEvasionRig(cases.map(({ value }) => value));
    const wrong: string[] = [];
    for (const { one, value } of cases) {
      const open = await rig.send(0, false, one.messages(value));
      const fit = open.answers.every(({ status }) => status === 200);
      if (fit && !canRead(open.received, value, true)) wrong.push(`${one.name} can't be read`);
      const { answers, received } = await rig.send(0, true, one.messages(value));
      const arrived = received.length === answers.length || canRead(received, value, true);
      if (arrived) wrong.push(`${one.name} arrived (seed ${seed})`);
    }
    expect(wrong).toEqual([]);
  });
});
