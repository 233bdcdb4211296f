import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { scanLines } from '../../../src/console/scan-lines.js';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';

const outbound = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
const inbound = createScanner(await loadDetectors('inbound', null), { knownSecrets: [] });

async function run(
  input: string,
  chunk: number,
): Promise<{ found: boolean; answers: Record<string, unknown>[] }> {
  const bytes = Buffer.from(input);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  // A reader that takes little at a time: the scan has to wait for it.
  const target = new PassThrough({ highWaterMark: 64 });
  const [found, output] = await Promise.all([
    scanLines(Readable.from(chunks), target, { outbound, inbound }).finally(() => target.end()),
    text(target),
  ]);
  return {
    found,
    answers: output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

describe('scanLines', () => {
  it.each([3, 1000, 1 << 20])('answers each line in order, in chunks of %d bytes', async (chunk) => {
    const rows = Array.from({ length: 500 }, (_, id) => ({
      id,
      text: id % 50 === 0 ? 'export GITHUB_TOKEN=ghp_R4nd0mL00kingT0kenThatIsNobodys12345' : `line ${id}`,
      direction: id % 2 ? 'inbound' : 'outbound',
    }));
    const { found, answers } = await run(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), chunk);
    expect(found).toBe(true);
    expect(answers.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(answers[0]).toMatchObject({
      findings: [{ detector: 'token_patterns', rule: 'github-personal-access-token', view: 'text' }],
    });
    expect(answers[1]).toEqual({ id: 1, findings: [] });
  });

  it('answers what it cannot read with an error and goes on', async () => {
    const { answers } = await run(
      '{broken\n{"id":1}\n{"id":2,"text":"x","direction":"up"}\n{"id":3,"text":"x"}',
      10,
    );
    expect(answers.map(({ id, error }) => [id, error !== undefined])).toEqual([
      [null, true],
      [1, true],
      [2, true],
      [3, false],
    ]);
  });
});
