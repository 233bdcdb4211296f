import type { KnownSecret } from '../scan/detector.js';
import {
  bitsOf,
  createFormList,
  enterWindow,
  type Forms,
  firstWindow,
  formAt,
  formCount,
  newChains,
  nextWindow,
  sharedWords,
  type WindowChains,
} from '../scan/forms.js';
import { firstLetters, letterBlock, nextLetters } from '../scan/letters.js';
import { valueParts } from '../scan/value-parts.js';
import { compacted, type Variant, variantsOf, wide } from '../scan/variants.js';
import { textView, type View } from '../scan/view.js';
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
   * Every stretch of at least {@link shortestPiece} letters and digits that the text has in common with a form and with
   * few others; those that overlap as one.
   */
  readonly find: (text: Uint8Array) => readonly SecretPiece[];
  readonly findInView: (view: View) => readonly SecretPiece[];
}

const windowLength = 4;
const stride = 4;
/** What is shorter occurs by chance. */
const shortestPiece = windowLength + stride - 1;
/** Bits of the filter for each window, and at most: hardly a word of clean text passes, and a core's cache holds it. */
const bitsEach = 32;
const mostFilterBits = 20;
/** A window that stands in more places of the values than that tells none of them apart: `sk-ant-`, or one letter again and again. */
const mostPlaces = 8;
/** Of what reads like words; random letters come to 90 and more. */
const mostWordy = 78;
/** Beyond so many secrets only the forms that need no encoder are looked for. */
const fewSecrets = 100;
const encodedForms = new Set(['text', 'reversed', 'rot13', 'base64', 'hex']);
const none: readonly SecretPiece[] = [];

function hashAt(bytes: DataView, at: number): number {
  const mixed = Math.imul(bytes.getInt32(at, true), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Each value once: what is a secret by itself in place of what it is a part of. */
function tellingParts(known: readonly KnownSecret[]): readonly KnownSecret[] {
  const named = new Map<string, string>();
  for (const { name, value } of known) {
    const { secrets } = valueParts(value);
    for (const part of secrets.length > 0 ? secrets : [value]) if (!named.has(part)) named.set(part, name);
  }
  return Array.from(named, ([value, name]) => ({ name, value }));
}

/**
 * Prepares to find short stretches of the values: shorter than what is a finding by itself. Of a signed token it is
 * the signature alone, of a URI the password, of a JSON text what its names call a secret.
 */
export const buildPieceIndex = (known: readonly KnownSecret[]): PieceIndex =>
  openPieceIndex(buildPieceTables(known));

/** What a piece is found by: flat, and in memory that threads share. */
export interface PieceTables extends Forms {
  readonly values: readonly SecretValue[];
  /** Of each form, the index of its value, twice, and 1 if it is reversed. */
  readonly formValues: Uint32Array;
  /** Two bits of one word for each window's hash. */
  readonly filter: Uint32Array;
  readonly chains: WindowChains;
}

export function buildPieceTables(known: readonly KnownSecret[]): PieceTables {
  const list = createFormList();
  const values: SecretValue[] = [];
  const formValues: number[] = [];
  for (const { name, value } of tellingParts(known)) {
    for (const { encoding, bytes } of known.length <= fewSecrets ? variantsOf(value) : [textOf(value)]) {
      if (!encodedForms.has(encoding)) continue;
      list.add(bytes);
      formValues.push(2 * values.length + (encoding === 'reversed' ? 1 : 0));
    }
    values.push({ name, length: compacted(value).length });
  }
  const forms = list.done();
  const { letters, starts } = forms;
  const filterBits = Math.ceil(Math.log2(letters.length * bitsEach + 1));
  const filter = sharedWords((1 << Math.min(mostFilterBits, Math.max(13, filterBits))) >>> 5);
  const chains = newChains(forms, letters.length);
  const bytes = wide(letters);
  const places = new Map<number, number>();
  for (const at of windowsOf(forms)) {
    const window = bytes.getInt32(at, true);
    places.set(window, (places.get(window) ?? 0) + 1);
  }
  for (const at of windowsOf(forms)) {
    if ((places.get(bytes.getInt32(at, true)) as number) > mostPlaces) continue;
    const hash = hashAt(bytes, at);
    const word = (hash >>> 10) & (filter.length - 1);
    filter[word] = (filter[word] as number) | bitsOf(hash);
    enterWindow(chains, at, hash);
  }
  const valueWords = sharedWords(formValues.length);
  valueWords.set(formValues);
  return { letters, starts, values, formValues: valueWords, filter, chains };
}

function* windowsOf(forms: Forms): Iterable<number> {
  for (let form = 0; form < formCount(forms); form += 1)
    for (
      let at = forms.starts[form] as number;
      at + windowLength <= (forms.starts[form + 1] as number);
      at += 1
    )
      yield at;
}

const textOf = (value: string): Variant => ({ encoding: 'text', bytes: compacted(value) });

export function openPieceIndex(tables: PieceTables): PieceIndex {
  const { letters, starts, values, formValues } = tables;
  const forms = Array.from(formValues, (value, form) => ({
    value: value >>> 1,
    bytes: Buffer.from(letters.buffer, starts[form], (starts[form + 1] as number) - (starts[form] as number)),
    reversed: (value & 1) === 1,
  }));
  const findInView = (view: View) => (forms.length === 0 ? none : findIn(tables, view));
  return { values, forms, findInView, find: (text) => findInView(textView(text)) };
}

function findIn(tables: PieceTables, view: View): readonly SecretPiece[] {
  const { filter } = tables;
  const mask = filter.length - 1;
  const { wide: letters } = letterBlock;
  const found: Found = new Map();
  firstLetters(view);
  do {
    const { length } = letterBlock;
    for (let at = 0; at + windowLength <= length; at += stride) {
      const hash = hashAt(letters, at);
      const bits = bitsOf(hash);
      if (((filter[(hash >>> 10) & mask] as number) & bits) === bits) collectAt(tables, at, hash, found);
    }
  } while (nextLetters(view));
  if (found.size === 0) return none;
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

function collectAt(tables: PieceTables, at: number, hash: number, found: Found): void {
  const { letters, starts, chains } = tables;
  const { bytes: text, length } = letterBlock;
  for (let place = firstWindow(chains, hash); place >= 0; place = nextWindow(chains, place)) {
    // What both have in common here, which may be more than one form's.
    let before = 0;
    while (before < at && before < place && text[at - before - 1] === letters[place - before - 1])
      before += 1;
    let after = 0;
    while (at + after < length && text[at + after] === letters[place + after]) after += 1;
    if (before + after < shortestPiece || after < windowLength) continue;
    const form = formAt(tables, place);
    const first = starts[form] as number;
    const last = starts[form + 1] as number;
    const piece = {
      form,
      start: Math.max(0, place - before - first),
      end: Math.min(last, place + after) - first,
    };
    if (piece.end - piece.start < shortestPiece || isWordy(letters, first + piece.start, first + piece.end))
      continue;
    addPiece(found, piece);
  }
}
