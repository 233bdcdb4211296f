import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableInPlace } from '../../../src/contract/printable.js';
import { codeFrame, positionAt, quoted } from '../../../src/manifest/code-frame.js';

const text = fc
  .array(fc.string({ unit: 'binary', maxLength: 150 }), { maxLength: 6 })
  .map((lines) => lines.join('\n'));
const place = text.chain((source) =>
  fc.tuple(fc.constant(source), fc.integer({ min: 0, max: source.length })),
);

describe('positions', () => {
  it('count lines and code points from 1', () => {
    expect(positionAt('ab\n🦀x', 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt('ab\n🦀x', 2)).toEqual({ line: 1, column: 3 });
    expect(positionAt('ab\n🦀x', 5)).toEqual({ line: 2, column: 2 });
    expect(positionAt('ab', 99)).toEqual({ line: 1, column: 3 });
    expect(positionAt('\nab', 0)).toEqual({ line: 1, column: 1 });
  });

  it('lie in the text, before as many line ends as the line says', () => {
    fc.assert(
      fc.property(place, ([source, offset]) => {
        const { line, column } = positionAt(source, offset);
        expect(line).toBe(source.slice(0, offset).split('\n').length);
        expect(column).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('code frames', () => {
  it('show a caret under the column between the neighbouring lines', () => {
    expect(codeFrame('one\ntwo\nthree\nfour', { line: 2, column: 3 })).toBe(
      ['    1 | one', '    2 | two', '      |   ^', '    3 | three'].join('\n'),
    );
  });

  it('point at the very character', () => {
    fc.assert(
      fc.property(place, ([source, offset]) => {
        const position = positionAt(source, offset);
        const rows = codeFrame(source, position).split('\n');
        const caretRow = rows.findIndex((row) => /^ +\| +\^$/.test(row));
        const caret = (rows[caretRow] ?? '').lastIndexOf('^');
        const row = Array.from(rows[caretRow - 1] ?? '');
        const character = Array.from(printableInPlace(source.split('\n')[position.line - 1] ?? ''))[
          position.column - 1
        ];
        const shown = row[caret];
        // Blanks at the end of a row are trimmed; a cut line ends and begins with an ellipsis.
        if (shown !== undefined && shown !== '…') expect(shown).toBe(character);
        else if (shown === undefined) expect((character ?? ' ').trim()).toBe('');
      }),
    );
  });

  it('are narrow, few and free of what drives a terminal', () => {
    fc.assert(
      fc.property(place, ([source, offset]) => {
        const frame = codeFrame(source, positionAt(source, offset));
        expect(frame.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const rows = frame.split('\n');
        expect(rows.length).toBeLessThanOrEqual(4);
        for (const row of rows) expect(Array.from(row).length).toBeLessThanOrEqual(115);
      }),
    );
  });
});

it('quotes a word short and harmless', () => {
  expect(quoted('a\u001b[2J')).toBe("'a\ufffd[2J'");
  expect(quoted('x'.repeat(100))).toBe(`'${'x'.repeat(57)}...'`);
});
