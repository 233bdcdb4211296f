import { describe, expect, it } from 'vitest';
import { widened } from '../../../src/policy/scan/widen.js';

/** The widened span of what stands between the brackets. */
function widen(marked: string): string {
  const start = marked.indexOf('⟦');
  const end = marked.indexOf('⟧') - 1;
  const text = marked.replace(/[⟦⟧]/g, '');
  const [from, to] = widened(Buffer.from(text, 'latin1'), { start, end });
  return text.slice(from, to);
}

describe('a span is widened', () => {
  it.each([
    ['to its word', 'key ⟦q7Wz0r8Y⟧-3 is', 'q7Wz0r8Y-3'],
    ['to a prefix in front of it', 'token=acme_⟦q7Wz0r8Y⟧ ', 'acme_q7Wz0r8Y'],
    [
      'to the scheme and host of its URL',
      'see https://hooks.example.com⟦/services/q7Wz0r8Y⟧ now',
      'https://hooks.example.com/services/q7Wz0r8Y',
    ],
    ['to its string', '{"a":"x]q7:⟦Wz0r8Y⟧;8#","b":1}', 'x]q7:Wz0r8Y;8#'],
    ['to its string behind backslashes', '{"a":"{\\"k\\":\\"v:⟦Wz0r8Y⟧!\\"}"}', 'v:Wz0r8Y!'],
  ])('%s', (_name, marked, expected) => {
    expect(widen(marked)).toBe(expected);
  });

  it.each([
    ['over white space', 'say "the key ⟦q7Wz0r8Y⟧ is here"', 'q7Wz0r8Y'],
    ['over the fields of JSON', '{"a":⟦12345678⟧,"b":2}', '12345678'],
    ['over a line', '"x\n⟦q7Wz0r8Y⟧\n"', 'q7Wz0r8Y'],
    ['over a parameter', '?a=1&key=⟦q7Wz0r8Y⟧&b=2', 'q7Wz0r8Y'],
  ])('but not %s', (_name, marked, expected) => {
    expect(widen(marked)).toBe(expected);
  });

  it('goes on to the end of a token that a rule cut off', () => {
    const text = `${'q7Wz0r8Y'.repeat(80)}.${'Ab3/'.repeat(10)}= end`;
    expect(widened(Buffer.from(text), { start: 0, end: 512 })).toEqual([0, text.length - 4]);
  });
});
