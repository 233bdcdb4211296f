import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { scanLines } from '../../../src/console/scan-lines.js';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';

const outbound = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
const inbound = createScanner(await loadDetectors('inbound', null), { knownSecrets: [] });

async function run(input: string | Buffer, chunk: number) {
  const bytes = Buffer.from(input);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  let output = '';
  const result = await scanLines(
    Readable.from(chunks),
    (text) => {
      output += text;
    },
    { outbound, inbound },
  );
  const answers: Record<string, unknown>[] = output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { ...result, answers };
}

describe('scanLines', () => {
  it.each([3, 1000, 1 << 20])('answers each line in order, in chunks of %d bytes', async (chunk) => {
    const rows = Array.from({ length: 500 }, (_, id) => ({
      id,
      text: id % 50 === 0 ? 'export GITHUB_TOKEN=ghp_R4nd0mL00kingT0kenThatIsNobodys12345' : `line ${id}`,
      direction: id % 2 ? 'inbound' : 'outbound',
    }));
    const { found, failed, answers } = await run(
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
      chunk,
    );
    expect({ found, failed }).toEqual({ found: true, failed: 0 });
    expect(answers.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(answers[0]).toMatchObject({
      findings: [{ detector: 'token_patterns', rule: 'github-personal-access-token', view: 'text' }],
    });
    expect(answers[1]).toEqual({ id: 1, findings: [] });
  });

  it('answers what it cannot read with an error and goes on', async () => {
    const { found, failed, answers } = await run(
      '{broken\n{"id":1}\n{"id":2,"text":"x","direction":"up"}\n{"id":3,"text":"x"}',
      10,
    );
    expect(answers.map(({ id, error }) => [id, error !== undefined])).toEqual([
      [null, true],
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect({ found, failed }).toEqual({ found: false, failed: 3 });
  });

  it('answers a text that takes more work than its length allows with an error', async () => {
    const text = 'authorization: bearer '.repeat(3000);
    const { failed, answers } = await run(`${JSON.stringify({ id: 'deep', text })}\n`, 1 << 20);
    expect(answers).toMatchObject([{ id: 'deep', error: 'over-budget' }]);
    expect(failed).toBe(1);
  });

  it.each([1, 2, 1000])(
    'takes off a byte order mark, in chunks of %d bytes, and no second one',
    async (chunk) => {
      const line = '{"id":1,"text":"x"}\n';
      const { failed, answers } = await run(`\u{feff}${line}\r\n\n${line}\u{feff}${line}`, chunk);
      expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, 'not JSON']);
      expect(failed).toBe(1);
    },
  );
});
