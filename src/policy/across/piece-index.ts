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
  /** Index of the value. */
  readonly value: number;
  /** Letters and digits of it, in lower case. */
  readonly bytes: Buffer;
  /** It ends with the value's first letter. */
  readonly reversed: boolean;
}

interface SecretValue {
  readonly name: string;
  /** Letters and digits. */
  readonly length: number;
}

export interface PieceIndex {
  readonly values: readonly SecretValue[];
  readonly forms: readonly SecretForm[];
  /**
   * Every stretch of at least {@link shortestPiece} letters and digits that the text has in common with a form; those
   * that overlap as one.
   */
  readonly find: (text: Uint8Array) => readonly SecretPiece[];
}

const windowLength = 6;
const stride = 2;
/** What is shorter occurs by chance. */
const shortestPiece = windowLength + stride - 1;
/** Text that is looked at in one go, and letters and digits of it that the next begins with. Bytes. */
const block = 1 << 16;
const carried = 32;
/** Bits of the filter for each window, and at most: hardly a word of clean text passes, and a core's cache holds it. */
const bitsEach = 32;
const mostFilterBits = 20;
/** Of what reads like words; random letters come to 90 and more. */
const mostWordy = 78;
/** Beyond so many secrets only the forms that need no encoder are looked for. */
const fewSecrets = 100;
const encodedForms = new Set(['text', 'reversed', 'rot13', 'base64', 'hex']);
const none: readonly SecretPiece[] = [];

function hashAt(bytes: DataView, at: number): number {
  const mixed =
    Math.imul(bytes.getUint32(at, true), 0x9e3779b1) ^ Math.imul(bytes.getUint16(at + 4, true), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** Three parts (RFC 7515, 3.1), of which others of the same issuer have the first two in common, or much of them. */
const signedToken = /^eyJ[\w-]+\.eyJ[\w-]+\.([\w-]{20,})$/;
/** A URI with a password (RFC 3986, 3.2.1): where it leads to is no secret. */
const withPassword = /^[a-z][\w+.-]*:\/\/[^/?#@:\s]*:([^/?#@\s]{12,})@/i;

const tellingPart = ({ name, value }: KnownSecret): KnownSecret => ({
  name,
  value: (signedToken.exec(value) ?? withPassword.exec(value))?.[1] ?? value,
});

/**
 * Prepares to find short stretches of the values: shorter than what is a finding by itself. Of a signed token it is
 * the signature alone, of a URI the password.
 */
export function buildPieceIndex(known: readonly KnownSecret[]): PieceIndex {
  const secrets = known.map(tellingPart);
  const values = secrets.map(({ name, value }) => ({
    name,
    length: variantsOf(value).find(({ encoding }) => encoding === 'text')?.bytes.length ?? 0,
  }));
  const forms = secrets.flatMap(({ value }, index) =>
    variantsOf(value)
      .filter(({ encoding }) =>
        secrets.length <= fewSecrets ? encodedForms.has(encoding) : encoding === 'text',
      )
      .map(({ encoding, bytes }) => ({ value: index, bytes, reversed: encoding === 'reversed' })),
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
  const scratch = Buffer.alloc(carried + block + compactSlack);
  const search: Search = { forms, filter, mask, places, scratch, letters: wide(scratch) };
  return { values, forms, find: (text) => (forms.length === 0 ? none : findIn(search, text)) };
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
  let found: Found | null = null;
  const given = wide(text);
  let length = 0;
  for (let from = 0; from < text.length; from += block) {
    const before = Math.min(carried, length);
    search.scratch.copyWithin(0, length - before, length);
    const room = before === 0 ? letters : wide(search.scratch.subarray(before));
    length = before + compact(given, from, Math.min(text.length, from + block), room);
    for (let at = 0; at + windowLength <= length; at += stride) {
      const hash = hashAt(letters, at);
      const bit = hash & mask;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) === 0) continue;
      found ??= new Map();
      collectAt(search, length, at, hash, found);
    }
  }
  if (!found) return none;
  return [...found].flatMap(([form, pieces]) => pieces.map(([start, end]) => ({ form, start, end })));
}

/** By form; as no two of a form overlap, there are never many. */
type Found = Map<number, (readonly [start: number, end: number])[]>;

function addPiece(found: Found, { form, start, end }: SecretPiece): void {
  const known = found.get(form) ?? [];
  const apart = known.filter(([first, last]) => last < start || first > end);
  const joined = known.filter((piece) => !apart.includes(piece));
  apart.push([
    Math.min(start, ...joined.map(([first]) => first)),
    Math.max(end, ...joined.map(([, last]) => last)),
  ]);
  found.set(form, apart);
}

/** Which of the value's letters and digits a piece of a form tells, `[first, last)`. */
export function lettersOf(
  { values, forms }: PieceIndex,
  { form, start, end }: SecretPiece,
): [number, number] {
  const { value, bytes, reversed } = forms[form] as SecretForm;
  const { length } = values[value] as SecretValue;
  const share = length / bytes.length;
  const [first, last] = [Math.ceil(start * share), Math.floor(end * share)];
  return reversed ? [length - last, length - first] : [first, last];
}

/** Letters alone that could be of a word: clean requests have them in common with any value that words are made of. */
export function isWordy(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) < 0x3a) return false;
  return strangeness(bytes, start, end) < mostWordy;
}

function collectAt(
  { forms, places, scratch }: Search,
  length: number,
  at: number,
  hash: number,
  found: Found,
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
    addPiece(found, piece);
  }
}
