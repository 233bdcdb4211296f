import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildPieceIndex } from '../../../../src/policy/across/piece-index.js';
import { buildDeltaIndex } from '../../../../src/policy/inbound/deltas.js';
import { isPlain } from '../../../../src/policy/inbound/plain.js';
import { type SecretFinder, scrub } from '../../../../src/policy/inbound/scrub.js';
import { createScrubStream } from '../../../../src/policy/inbound/scrub-stream.js';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import type { Finding } from '../../../../src/policy/scan/finding.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';
import { encodings } from '../../../support/encodings.js';

const value = 'xoPq7-4f0d8a66b1c7KmZt92Lw';

const nothing = () => {};

async function finderOf(values: readonly string[]): Promise<SecretFinder> {
  const knownSecrets = values.map((secret, index) => ({ name: `S${index}`, value: secret }));
  const detectors = await loadDetectors('inbound', ['reflected_secrets']);
  return {
    scanner: createScanner(detectors, { knownSecrets }),
    deltas: buildDeltaIndex(buildPieceIndex(knownSecrets)),
    // Counted elsewhere: here it is cut more often than a bottle's life allows.
    guesses: { note: nothing, areSpent: () => false },
  };
}

const finder = await finderOf([value, 'p#ss!w']);

function stream(chunks: readonly Buffer[], options: { isText?: boolean } = {}): Buffer {
  const scrubber = createScrubStream(finder, { isText: true, unit: 'span', onFound: nothing, ...options });
  return Buffer.concat([...chunks.map((chunk) => scrubber.push(chunk)), scrubber.end()]);
}

/** Forms in which a beginning is known by its first letters, however it is cut. */
const simple =
  /^(?:plain|percent|percent, upper case|base64|hex|hex, upper case|JSON escapes|HTML, decimal|HTML, hexadecimal|quoted-printable|UTF-16LE|reversed|rot13|spaces)$/;
/** Cut into pieces by what stands between them: a piece under twelve letters is no value's (docs/limitations.md). */
const inPieces = /^two /;

/** No piece of `form` of this many bytes is in `bytes`. */
function expectNoPiece(bytes: Buffer, form: Buffer, length: number): void {
  for (let at = 0; at + length <= form.length; at += 1) {
    const piece = form.subarray(at, at + length);
    if (bytes.includes(piece)) throw new Error(`let out: ${JSON.stringify(piece.toString('latin1'))}`);
  }
}

const names = Object.keys(encodings).filter((name) => !inPieces.test(name));
const around = (form: Buffer): Buffer =>
  Buffer.concat([Buffer.from('{"headers":{"authorization":"Bearer '), form, Buffer.from('","host":"a"}}')]);
const formOf = (name: string): Buffer => Buffer.from(encodings[name]?.(value) ?? '');
/** Bytes of a form before those that carry the value. */
const before = (name: string): number => ({ 'base64 over lines': 93, 'hex over lines': 103 })[name] ?? 0;
const secretOf = (name: string): Buffer => formOf(name).subarray(before(name));
/** What may be left of it: letters that could be anyone's. */
function pieceOf(name: string): number {
  const letters = simple.test(name) ? 5 : 12;
  return Math.max(letters, Math.ceil((secretOf(name).length / value.length) * letters));
}

describe('what is scrubbed in one piece', () => {
  test.each(names)('%s', (name) => {
    const bytes = around(formOf(name));
    const clean = stream([bytes]);
    expect(clean.length).toBe(bytes.length);
    expectNoPiece(clean, secretOf(name), pieceOf(name));
    expect(clean.toString('latin1')).toMatch(/^\{"headers":\{"authorization":"/);
  });

  test('a value with too few letters, as it stands', () => {
    expect(stream([Buffer.from('a p#ss!w b')]).toString()).toBe('a ****** b');
  });

  test('line breaks stay', () => {
    const clean = stream([Buffer.from(`data: ${value.slice(0, 12)}\n${value.slice(12)}\n\n`)]);
    expect(clean.toString()).toBe(`data: ${'*'.repeat(12)}\n${'*'.repeat(14)}\n\n`);
  });

  test('nothing is copied where nothing is found', () => {
    const bytes = Buffer.from('{"status":"ok"}');
    expect(scrub(finder, bytes, 'body', false, nothing)).toBe(bytes);
  });

  test('a body made of nothing else, and each is counted', () => {
    const found: Finding[] = [];
    const bytes = Buffer.from(`${value}\n`.repeat(3000));
    const clean = scrub(finder, bytes, 'body', false, (finding) => found.push(finding));
    expect(clean.equals(Buffer.from(`${'*'.repeat(value.length)}\n`.repeat(3000)))).toBe(true);
    expect(found.length).toBeGreaterThanOrEqual(3000);
  });
});

describe('in a file that is no text', () => {
  const noise = randomBytes(3000);
  const without = (name: string): boolean => !/^UTF|zero|break|soft/.test(name);

  test.each(names)('as the whole of it: %s', (name) => {
    const clean = stream([around(formOf(name))], { isText: false });
    expectNoPiece(clean, secretOf(name), pieceOf(name));
  });

  test.each(names.filter(without))('between bytes by chance, cut or not: %s', (name) => {
    const bytes = Buffer.concat([noise, around(formOf(name)), noise]);
    for (const cut of [0, 3000 + (around(formOf(name)).length >> 1), 3005]) {
      const clean = stream([bytes.subarray(0, cut), bytes.subarray(cut)], { isText: false });
      expect(clean.length).toBe(bytes.length);
      expect(clean.subarray(0, 2990).equals(noise.subarray(0, 2990))).toBe(true);
      expectNoPiece(clean, secretOf(name), pieceOf(name));
    }
  });

  test('many stretches of text are read, and other bytes are left as they are', () => {
    const form = around(formOf('JSON escapes'));
    const bytes = Buffer.concat(Array.from({ length: 40 }, () => [noise, form]).flat());
    const clean = stream([bytes], { isText: false });
    expectNoPiece(clean, form.subarray(32, -20), 60);
    expect(stream([noise], { isText: false }).equals(noise)).toBe(true);
  });
});

describe('what is scrubbed over chunk boundaries', () => {
  test.each(names)('%s, cut at every byte', (name) => {
    const bytes = around(formOf(name));
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const clean = stream([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(clean.length).toBe(bytes.length);
      expectNoPiece(clean, secretOf(name), pieceOf(name));
    }
  });

  test.each(names)('%s, a byte at a time', (name) => {
    const bytes = around(formOf(name));
    const clean = stream(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect(clean.length).toBe(bytes.length);
    expectNoPiece(clean, secretOf(name), pieceOf(name));
  });

  test('what waits, and when it goes, is the same whatever it holds', () => {
    const texts = [value, value.slice(0, 11), value.slice(4, 15), 'nothing of the kind'].map((end) =>
      Buffer.from(`is it ${end}`.padStart(40, '. ')),
    );
    const lengthsOf = (text: Buffer, unit: 'span' | 'event'): number[] => {
      const scrubber = createScrubStream(finder, { isText: true, unit, onFound: nothing });
      const fill = Buffer.from('a line\n\n'.repeat(100));
      return [fill, text, text, fill]
        .map((chunk) => scrubber.push(chunk).length)
        .concat(scrubber.release().length);
    };
    for (const unit of ['span', 'event'] as const)
      for (const text of texts) expect(lengthsOf(text, unit)).toEqual(lengthsOf(Buffer.alloc(40, '.'), unit));
  });

  test('what was held goes when nothing more comes, and what follows is known by it', () => {
    for (const cut of [1, 5, 12, 13, 20]) {
      const scrubber = createScrubStream(finder, { isText: true, unit: 'span', onFound: nothing });
      expect(scrubber.push(Buffer.from(`is it ${value.slice(0, cut)}`)).length).toBe(0);
      const first = scrubber.release().toString();
      const rest = Buffer.concat([
        scrubber.push(Buffer.from(`${value.slice(cut)} then`)),
        scrubber.end(),
      ]).toString();
      expect(first.length + rest.length).toBe(`is it ${value} then`.length);
      expect(first).toMatch(/^is it [^*]{0,13}\**$/);
      expect(rest).toBe(`${'*'.repeat(value.length - cut)} then`);
    }
  });

  test('events that are complete wait for nothing', () => {
    const scrubber = createScrubStream(finder, { isText: true, unit: 'event', onFound: nothing });
    for (const text of ['data: and then\n\n', `data: ${value.slice(0, 9)}\n\n`, 'data: a%20b\n\n'])
      expect(scrubber.push(Buffer.from(text)).toString()).toBe(text);
    expect(scrubber.push(Buffer.from(`data: ${value.slice(0, 9)}`)).toString()).toBe('');
    expect(scrubber.push(Buffer.from(`${value.slice(9)}\n\n`)).toString()).toBe(
      `data: ${'*'.repeat(26)}\n\n`,
    );
  });
});

test('streams by turns keep what each let out', () => {
  const texts = ['one', 'two'].map((word) => Buffer.from(`${word} and ${value.slice(0, 5)} `.repeat(12_000)));
  const scrubbers = texts.map(() =>
    createScrubStream(finder, { isText: true, unit: 'span', onFound: nothing }),
  );
  const out: Buffer[][] = [[], []];
  for (let at = 0; at < 200_000; at += 16_384)
    for (const [index, scrubber] of scrubbers.entries())
      out[index]?.push(scrubber.push((texts[index] as Buffer).subarray(at, at + 16_384)));
  for (const [index, scrubber] of scrubbers.entries()) out[index]?.push(scrubber.end());
  for (const [index, text] of texts.entries())
    expect(Buffer.concat(out[index] ?? []).equals(text)).toBe(true);
});

describe('a run of letters', () => {
  test.each([0, 1, 7, 31, 32, 33, 90])(
    'of 31 is plain and of 32 is not, %i bytes from the start',
    (start) => {
      const text = (length: number) =>
        Buffer.from(
          `${'a '.repeat(100).slice(0, start - (start % 2))}${' '.repeat(start % 2)}${'b'.repeat(length)} c`,
        );
      expect(isPlain(text(31))).toBe(true);
      expect(isPlain(text(32))).toBe(false);
    },
  );
});
