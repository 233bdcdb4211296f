import { expect, it } from 'vitest';
import { textView } from '../../../../src/policy/scan/view.js';
import { signsOf } from '../../../../src/policy/views/signs.js';
import { foldCodePoint, foldedBeginnings, foldedViews } from '../../../../src/policy/views/unicode.js';

const folded = (text: string): string =>
  Array.from(text, (letter) => {
    const code = foldCodePoint(letter.codePointAt(0) ?? 0);
    return code === -1 ? letter : code === 0 ? '' : String.fromCharCode(code);
  }).join('');

it('knows how the UTF-8 of every code point of Unicode begins that is folded', () => {
  const beginnings = new Set<number>();
  for (let code = 0x80; code <= 0x10ffff; code += 1) {
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    if (!surrogate && foldCodePoint(code) !== -1)
      beginnings.add(Buffer.from(String.fromCodePoint(code)).readUInt16BE(0));
  }
  expect([...foldedBeginnings].sort()).toEqual([...beginnings].sort());
});

it('folds each of them in a text as it does by itself', () => {
  const all: [code: number, letter: number][] = [];
  for (let code = 0x80; code <= 0x10ffff; code += 1)
    if (foldCodePoint(code) !== -1) all.push([code, foldCodePoint(code)]);
  const text = textView(Buffer.from(all.map(([code]) => String.fromCodePoint(code)).join('')));
  const [view] = foldedViews(text, signsOf(text.bytes).foreign, { remaining: Number.POSITIVE_INFINITY });
  const seen = all.filter(([, letter]) => letter !== 0).map(([, letter]) => String.fromCharCode(letter));
  expect(seen.length).toBeGreaterThan(1000);
  expect(view?.bytes.toString('latin1')).toBe(seen.join(''));
});

it.each([
  ['the Kelvin sign', '\u212aey', 'Key'],
  ['small capitals', 'ɢʜᴘ_ᴀʙᴄ', 'ghp_abc'],
  ['letters in dark squares and circles', '🅰🅱🅐🅑', 'ABAB'],
  ['letters of flags', '🇦🇧', 'AB'],
  ['letters in brackets', '⒜⒝🄐🄑', 'abAB'],
  ['digits of Arabic', '٠١٢۷۸۹', '012789'],
  [
    'bytes behind an emoji',
    `🙂${[...'ghp_'].map((c) => String.fromCodePoint(0xe00f0 + c.charCodeAt(0))).join('')}`,
    '🙂ghp_',
  ],
  ['fillers', 'g\u3164h\u2800p\u180b_', 'ghp_'],
])('reads %s', (_name, text, ascii) => {
  expect(folded(text)).toBe(ascii);
});
