import { isWordy, type PieceIndex } from '../across/piece-index.js';
import { stringValues } from '../message/json-strings.js';
import { alphabets, memberships } from '../scan/alphabet.js';
import type { Finding } from '../scan/finding.js';
import type { Guesses } from './guesses.js';
import { completeUntil, type Unit } from './judge.js';
import type { ScrubStream } from './scrub-stream.js';

/** Letters and digits of a value, or half of a shorter one, after which the next are covered. */
const told = 12;
/** Of what stood at one place before, so much is looked at with what comes next. Bytes. */
const leadBytes = 64;
/** Places of a stream that are told apart: names of strings, of each of its parts. */
const mostPlaces = 64;
/** Bytes of an event or a line that has not ended. */
const longestUnit = 256 * 1024;

const nothing = Buffer.alloc(0);
const indexKey = Buffer.from('"index":');
const dataField = Buffer.from('data:');
const toLower = 0x20;

/**
 * Covers known values that come in pieces: strings of the same name in one event (HTML, 9.2) or line after another, as
 * a model's words do. Nothing waits for the next piece: from the twelfth letter on what belongs to a value is covered.
 */
export function createDeltaScrub(
  { pieces, seams }: DeltaIndex,
  unit: Exclude<Unit, 'span'>,
  onFound: (finding: Finding) => void,
  guesses: Guesses | null = null,
): ScrubStream {
  const leads = new Map<number, Lead>();
  let held: Buffer = nothing;

  function leadOf(place: number): Lead {
    const known = leads.get(place);
    if (known) return known;
    const lead = { bytes: Buffer.alloc(leadBytes), length: 0, covered: false };
    leads.set(place, lead);
    const [oldest] = leads.keys();
    if (leads.size > mostPlaces && oldest !== undefined) leads.delete(oldest);
    return lead;
  }

  /** Covers in place. */
  function look(bytes: Buffer, start: number, end: number, place: number): void {
    const lead = leadOf(place);
    const joined =
      lead.length > 0 && seams(lead, bytes, start, end)
        ? Buffer.concat([lead.bytes.subarray(0, lead.length), bytes.subarray(start, end)])
        : null;
    const from = lead.length;
    extend(lead, bytes, start, end);
    const crossing = joined && crossingAt(pieces, joined, from);
    // What goes on from string to string is one piece.
    if (joined && crossing && !lead.covered) guesses?.note(joined, crossing.start, crossing.end);
    lead.covered = crossing !== null && crossing.end === joined?.length;
    if (!crossing) return;
    bytes.fill(0x2a, start, start + crossing.end - from);
    onFound(crossing);
  }

  function scrubUnits(bytes: Buffer): Buffer {
    const clean = Buffer.from(bytes);
    const indexed = clean.includes(indexKey);
    for (let from = 0; from < clean.length; ) {
      const newLine = clean.indexOf(0x0a, from);
      const end = newLine < 0 ? clean.length : newLine;
      eachPlace(clean, from, end, indexed, look);
      from = end + 1;
    }
    return clean;
  }

  const step = (chunk: Buffer, last: boolean): Buffer => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let cut = last ? bytes.length : completeUntil(bytes, unit);
    if (cut === 0 && bytes.length > longestUnit) cut = bytes.length;
    held = Buffer.from(bytes.subarray(cut));
    return cut === 0 ? nothing : scrubUnits(bytes.subarray(0, cut));
  };
  return {
    push: (chunk) => step(chunk, false),
    release: () => nothing,
    end: (chunk = nothing) => step(chunk, true),
  };
}

/** The end of what stood at a place, as it came. */
interface Lead {
  readonly bytes: Buffer;
  length: number;
  /** It ends with a piece of a value. */
  covered: boolean;
}

function extend(lead: Lead, from: Buffer, start: number, end: number): void {
  const added = Math.min(leadBytes, end - start);
  const kept = Math.min(lead.length, leadBytes - added);
  const { bytes } = lead;
  // So few that a call to have them copied takes longer.
  for (let at = 0, of = lead.length - kept; at < kept; at += 1, of += 1) bytes[at] = bytes[of] as number;
  for (let at = kept, of = end - added; of < end; at += 1, of += 1) bytes[at] = from[of] as number;
  lead.length = kept + added;
}

/** Tells in no time where a value can't go on from one piece to the next: its letters on both sides stand in none. */
type Seams = (lead: Lead, bytes: Buffer, start: number, end: number) => boolean;

/** Finds what values have in common with a text, for those that come in pieces. */
export interface DeltaIndex {
  readonly pieces: PieceIndex;
  readonly seams: Seams;
}

export const buildDeltaIndex = (pieces: PieceIndex): DeltaIndex => ({ pieces, seams: buildSeams(pieces) });

/** Letters and digits that are looked at on either side of where two pieces meet, and in one go. */
const seamLetters = 6;
const filterBits = 19;

function buildSeams(pieces: PieceIndex): Seams {
  const filter = new Uint8Array(1 << filterBits);
  const hashAt = (letters: Uint8Array, at: number): number => {
    let hash = 0;
    for (let index = at; index < at + seamLetters; index += 1)
      hash = Math.imul(hash ^ (letters[index] as number), 0x9e3779b1);
    return hash >>> (32 - filterBits);
  };
  for (const { bytes } of pieces.forms)
    for (let at = 0; at + seamLetters <= bytes.length; at += 1) filter[hashAt(bytes, at)] = 1;
  const seam = new Uint8Array(2 * seamLetters);
  return (lead, bytes, start, end) => {
    let first = seamLetters;
    for (let at = lead.length - 1; at >= 0 && first > 1; at -= 1)
      if (isLetter(lead.bytes[at])) seam[--first] = (lead.bytes[at] as number) | toLower;
    let last = seamLetters;
    for (let at = start; at < end && last < 2 * seamLetters - 1; at += 1)
      if (isLetter(bytes[at])) seam[last++] = (bytes[at] as number) | toLower;
    for (let at = first; at + seamLetters <= last; at += 1) if (filter[hashAt(seam, at)] === 1) return true;
    return false;
  };
}

const isLetter = (byte: number | undefined): boolean =>
  ((memberships[byte as number] as number) & alphabets.alnum) !== 0;

/** What belongs to a value that began before `from` and goes on after it; null: nothing. */
function crossingAt(pieces: PieceIndex, joined: Buffer, from: number): Finding | null {
  const letters = Buffer.alloc(joined.length);
  const places: number[] = [];
  let before = 0;
  for (let at = 0; at < joined.length; at += 1) {
    if (!isLetter(joined[at])) continue;
    letters[places.length] = (joined[at] as number) | toLower;
    places.push(at);
    if (at < from) before += 1;
  }
  const text = letters.subarray(0, places.length);
  const first = Math.max(0, before - seamLetters + 1);
  let longest: Finding | null = null;
  for (let at = first; at < before && at + seamLetters <= text.length; at += 1)
    for (const { value, bytes } of pieces.forms) {
      const [start, end] = inCommon(text, at, bytes);
      if (end <= before || end - start < Math.min(told, bytes.length / 2) || isWordy(text, start, end))
        continue;
      const last = (places[end - 1] as number) + 1;
      if (!longest || last > longest.end)
        longest = foundIn(pieces.values[value]?.name ?? '', places[start] as number, last);
    }
  return longest;
}

/** The stretch round `at` that a text has in common with a value; the longest of several. */
function inCommon(text: Buffer, at: number, value: Buffer): readonly [start: number, end: number] {
  const seam = text.subarray(at, at + seamLetters);
  let [start, end] = [at, at];
  for (let found = value.indexOf(seam); found >= 0; found = value.indexOf(seam, found + 1)) {
    let first = 0;
    while (first < at && first < found && text[at - first - 1] === value[found - first - 1]) first += 1;
    let last = seamLetters;
    while (at + last < text.length && found + last < value.length && text[at + last] === value[found + last])
      last += 1;
    if (first + last > end - start) [start, end] = [at - first, at + last];
  }
  return [start, end];
}

const foundIn = (secret: string, start: number, end: number): Finding => ({
  detector: 'reflected_secrets',
  rule: secret,
  view: 'events',
  class: 'known',
  score: 1,
  start,
  end,
});

/** @param place tells it from others */
type Look = (bytes: Buffer, start: number, end: number, place: number) => void;

/**
 * Each string of a line's JSON under its name and the index it has, or what an event says without JSON.
 *
 * @param indexed there may be an index
 */
function eachPlace(bytes: Buffer, start: number, end: number, indexed: boolean, look: Look): void {
  if (start === end) return;
  const line = bytes.subarray(start, end);
  const values = stringValues(line);
  if (values.length === 0) {
    const isData = line.subarray(0, dataField.length).equals(dataField);
    const from = start + dataField.length + (line[dataField.length] === 0x20 ? 1 : 0);
    if (isData && from < end) look(bytes, from, end, 0);
    return;
  }
  const index = indexed ? indexOfPart(line) : 0;
  for (let at = 0; at < values.length; at += 2) {
    const from = values[at] as number;
    look(bytes, start + from, start + (values[at + 1] as number), placeOf(line, from - 1, index));
  }
}

/** Several answers, or parts of one, may come side by side. */
function indexOfPart(line: Buffer): number {
  const at = line.indexOf(indexKey);
  return at < 0 ? 0 : line.readUInt16LE(Math.min(line.length - 2, at + indexKey.length));
}

/** A number for the name of the string whose quote stands at `quote`; elements of arrays have none. */
function placeOf(line: Buffer, quote: number, index: number): number {
  let at = quote - 1;
  while (at > 0 && (line[at] as number) <= 0x20) at -= 1;
  if (line[at] !== 0x3a) return index;
  while (at > 0 && line[at] !== 0x22) at -= 1;
  let hash = index + 1;
  for (at -= 1; at >= 0 && line[at] !== 0x22; at -= 1)
    hash = Math.imul(hash ^ (line[at] as number), 0x01000193);
  return hash;
}
