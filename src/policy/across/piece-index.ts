import type { KnownSecret } from '../scan/detector.js';
import { compact, compactSlack, variantsOf, wide } from '../scan/variants.js';
import { strangeness } from '../scan-context/bigrams.js';

/** A stretch of one form of a known value: `[start, end)` of its letters and digits. */
export interface SecretPiece {
  readonly form: number;
  readonly start: number;
  readonly end: number;
}

interface SecretForm {
  readonly secret: string;
  /** Letters and digits of it, in lower case. */
  readonly bytes: Buffer;
}

export interface PieceIndex {
  readonly forms: readonly SecretForm[];
  /** Every stretch of at least {@link shortestPiece} letters and digits that the text has in common with a form. */
  readonly find: (text: Uint8Array) => readonly SecretPiece[];
}

const windowLength = 6;
const stride = 2;
/** What is shorter occurs by chance. */
const shortestPiece = windowLength + stride - 1;
/** Text that is looked at in one go. Bytes. */
const block = 1 << 16;
/** Bits of the filter for each window, and at most: hardly a word of clean text passes, and a core's cache holds it. */
const bitsEach = 32;
const mostFilterBits = 20;
/** Of what reads like words; random letters come to 90 and more. */
const mostWordy = 78;
/** Pieces of one request that are told apart. */
const mostPieces = 64;
/** Beyond so many secrets only the forms that need no encoder are looked for. */
const fewSecrets = 100;
const encodedForms = new Set(['text', 'base64', 'hex']);
const none: readonly SecretPiece[] = [];

function hashAt(bytes: DataView, at: number): number {
  const mixed =
    Math.imul(bytes.getUint32(at, true), 0x9e3779b1) ^ Math.imul(bytes.getUint16(at + 4, true), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** Prepares to find short stretches of the values: shorter than what is a finding by itself. */
export function buildPieceIndex(secrets: readonly KnownSecret[]): PieceIndex {
  const forms = secrets.flatMap(({ name, value }) =>
    variantsOf(value)
      .filter(({ encoding }) =>
        secrets.length <= fewSecrets ? encodedForms.has(encoding) : encoding === 'text',
      )
      .map(({ bytes }) => ({ secret: name, bytes })),
  );
  const windows = forms.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const filterBits = Math.min(mostFilterBits, Math.max(13, Math.ceil(Math.log2(windows * bitsEach + 1))));
  const filter = new Uint32Array((1 << filterBits) >>> 5);
  const mask = (1 << filterBits) - 1;
  const places = new Map<number, [form: number, offset: number][]>();
  forms.forEach(({ bytes }, form) => {
    const letters = wide(bytes);
    for (let offset = 0; offset + windowLength <= bytes.length; offset += 1) {
      const hash = hashAt(letters, offset);
      const bit = hash & mask;
      filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << (bit & 31));
      const known = places.get(hash);
      if (known) known.push([form, offset]);
      else places.set(hash, [[form, offset]]);
    }
  });
  const scratch = Buffer.alloc(block + compactSlack);
  const search: Search = { forms, filter, mask, places, scratch, letters: wide(scratch) };
  return { forms, find: (text) => (forms.length === 0 ? none : findIn(search, text)) };
}

interface Search {
  readonly forms: readonly SecretForm[];
  /** A bit for each window's hash. */
  readonly filter: Uint32Array;
  readonly mask: number;
  /** By hash: what has the same must still be compared. */
  readonly places: ReadonlyMap<number, readonly (readonly [form: number, offset: number])[]>;
  readonly scratch: Buffer;
  /** The same memory. */
  readonly letters: DataView;
}

function findIn(search: Search, text: Uint8Array): readonly SecretPiece[] {
  const { filter, mask, letters } = search;
  let found: SecretPiece[] | null = null;
  const given = wide(text);
  for (let from = 0; from < text.length; from += block) {
    const length = compact(given, from, Math.min(text.length, from + block), letters);
    for (let at = 0; at + windowLength <= length; at += stride) {
      const hash = hashAt(letters, at);
      const bit = hash & mask;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) === 0) continue;
      found ??= [];
      collectAt(search, length, at, hash, found);
      if (found.length >= mostPieces) return found;
    }
  }
  return found ?? none;
}

/** Letters alone that could be of a word: clean requests have them in common with any value that words are made of. */
function isWordy(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) < 0x3a) return false;
  return strangeness(bytes, start, end) < mostWordy;
}

function collectAt(
  { forms, places, scratch }: Search,
  length: number,
  at: number,
  hash: number,
  found: SecretPiece[],
): void {
  const entries = places.get(hash);
  if (!entries) return;
  for (const [form, offset] of entries) {
    const { bytes } = forms[form] as SecretForm;
    let before = 0;
    while (before < at && before < offset && scratch[at - before - 1] === bytes[offset - before - 1])
      before += 1;
    let after = 0;
    while (
      at + after < length &&
      offset + after < bytes.length &&
      scratch[at + after] === bytes[offset + after]
    )
      after += 1;
    if (after < windowLength) continue;
    const piece = { form, start: offset - before, end: offset + after };
    if (piece.end - piece.start < shortestPiece || isWordy(bytes, piece.start, piece.end)) continue;
    if (!found.some((other) => other.form === form && other.start === piece.start && other.end === piece.end))
      found.push(piece);
  }
}
