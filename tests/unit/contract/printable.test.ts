import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableInPlace, printableJson } from '../../../src/contract/printable.js';

describe('printable', () => {
  it('shows control characters instead of sending them to the terminal', () => {
    expect(printable('a\u001b]0;title\u0007b\r\n\u009b31m')).toBe('a\\x1b]0;title\\x07b\\x0d\\x0a\\x9b31m');
    expect(printable('\u202egnp.exe')).toBe('\\u202egnp.exe');
    expect(printable('\u061c\ufeff\u{e0041}')).toBe('\\u061c\\ufeff\\u{e0041}');
    expect(printable('für 文字')).toBe('für 文字');
  });

  it('cuts long text', () => {
    expect(printable('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}...`);
  });

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[\u0000-\u001f\u007f-\u009f]/.test(printable(text)),
      ),
    );
  });

  it('leaves JSON what it says, and nothing in it that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const json = printableJson(value, null, 2);
        expect(json).not.toMatch(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(value));
      }),
    );
    expect(printableJson('\u009b\u{e0041}')).toBe('"\\u009b\\udb40\\udc41"');
  });

  it('can keep columns', () => {
    expect(printableInPlace('a\tb\u200bc\u{e0041}d')).toBe('a b\ufffdc\ufffdd');
  });
});
