import { expect, it } from 'vitest';
import { foldCodePoint, foldedLeads } from '../../../../src/policy/views/unicode.js';

it('knows the first byte of every code point of Unicode that is folded', () => {
  const leads = new Set<number>();
  for (let code = 0x80; code <= 0x10ffff; code += 1) {
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    if (!surrogate && foldCodePoint(code) !== -1) leads.add(Buffer.from(String.fromCodePoint(code))[0] ?? 0);
  }
  expect([...foldedLeads].sort()).toEqual([...leads].sort());
});
