import { alphabets, entropy, memberships } from '../scan/alphabet.js';
import type { Occurrences } from '../scan/automaton.js';
import { strangeness } from './bigrams.js';
import type { Candidate } from './candidate.js';
import { type Fit, fitOf, fits } from './formats.js';
import { groupNames } from './keywords.js';
import { closingOf, closings, isTorn, oddKind, openingOf, openings, shapeName, shapes } from './make-up.js';

/**
 * Context words in order of where they end: `ends[i]`, and in `ids[i]` the word's group,
 * with {@link opensBit} set when a value is looked for after it, and from {@link formatShift} on a provider's set of formats.
 */
export type Marks = Occurrences;
export const opensBit = 0x20;
export const formatShift = 6;

const shortestExact = 12;
const longestExact = 72;
const entropySteps = 10;
const strangeSteps = 14;
const lengthSteps = 9;

/** Where each kind of feature begins in the vector; all are yes or no. */
const layout = (() => {
  let size = 0;
  const block = (count: number) => {
    const at = size;
    size += count;
    return at;
  };
  const at = {
    near: block(groupNames.length),
    far: block(groupNames.length),
    shape: block(shapes.length),
    shapeLong: block(shapes.length),
    lengthExact: block(longestExact - shortestExact + 2),
    lengthBand: block(lengthSteps),
    entropy: block(entropySteps),
    strange: block(strangeSteps),
    strangeOpener: block(strangeSteps),
    opening: block(openings.length),
    closing: block(closings.length),
    digits: block(5),
    assigned: block(4),
    openerCount: block(4),
    sequence: block(3),
    url: block(1),
    crossed: block(4 * 4 * 3),
    kindOpening: block(4 * openings.length),
    kindClosing: block(4 * closings.length),
    kindStrange: block(4 * strangeSteps),
    format: block(4 * 4),
    torn: block(4),
    spoilt: block(3),
    odd: block(5),
    formatShape: block(4 * shapes.length),
    fit: block(4),
  };
  return { at, size: () => size };
})();

/** @public for the training script */
export const featureCount = layout.size();
const at = layout.at;

const openerNames = [
  'token',
  'secret',
  'password',
  'credential',
  'apiKey',
  'key',
  'auth',
  'authorization',
  'bearer',
  'provider',
  'seed',
  'convert',
  'access',
  'private',
];
const openerGroups = new Set(openerNames.map((name) => groupNames.indexOf(name)));
const providerGroup = groupNames.indexOf('provider');
const oddShape = shapes.indexOf('odd');
const nearBytes = 28;
/** More than ever hold at once: the context words, and one of each other kind. */
export const mostFeatures = 2 * groupNames.length + 33;

/** Writes the indices of the features that hold to `into` and returns how many; the words are `marks[first..last)`. */
export function featuresOf(
  bytes: Uint8Array,
  candidate: Candidate,
  marks: Marks,
  first: number,
  last: number,
  into: Uint16Array,
): number {
  let count = 0;
  const add = (index: number) => {
    into[count] = index;
    count += 1;
  };
  const { start, end } = candidate;
  const length = end - start;
  const context = addContext(bytes, candidate, marks, first, last, add);
  const openersSeen = context.openers;
  const shape = shapes.indexOf(shapeName(bytes, start, end));
  add(at.shape + shape);
  if (length >= 20) add(at.shapeLong + shape);
  const exact = length >= shortestExact && length <= longestExact;
  add(at.lengthExact + (exact ? length - shortestExact + 1 : 0));
  add(at.lengthBand + band(length, [10, 13, 16, 20, 28, 40, 70, 140]));
  const measured = entropy(bytes, start, end);
  add(at.entropy + band(measured.bits, [1.5, 2, 2.5, 2.8, 3.1, 3.4, 3.7, 4, 4.4]));
  const strange = band(
    strangeness(bytes, start, end),
    [52, 58, 62, 66, 70, 74, 78, 82, 86, 90, 95, 100, 108],
  );
  add(at.strange + strange);
  if (openersSeen > 0) add(at.strangeOpener + strange);
  add(at.openerCount + Math.min(openersSeen, 3));
  const quality = shape === oddShape ? 0 : length % 4 === 0 ? 2 : 1;
  add(at.kindOpening + context.kind * openings.length + openings.indexOf(openingOf(candidate.before)));
  add(at.kindClosing + context.kind * closings.length + closings.indexOf(closingOf(candidate.after)));
  add(at.kindStrange + context.kind * strangeSteps + strange);
  add(at.crossed + (context.kind * 4 + context.assignment) * 3 + quality);
  add(at.format + context.kind * 4 + context.format);
  add(at.torn + (isTorn(bytes, start - 1, -1) ? 1 : 0) + (isTorn(bytes, end, 1) ? 2 : 0));
  add(at.formatShape + context.format * shapes.length + shape);
  if (shape === oddShape) add(at.odd + oddKind(bytes, start, end));
  add(at.fit + context.format);
  addMakeUp(bytes, start, end, add);
  return count;
}

function addContext(
  bytes: Uint8Array,
  { start, end: valueEnd, before, after }: Candidate,
  marks: Marks,
  first: number,
  last: number,
  add: (feature: number) => void,
): { openers: number; kind: number; assignment: number; format: number } {
  seenNear.fill(0);
  let openersSeen = 0;
  let named = false;
  let nearest = -1;
  let format: Fit = fits.unknown;
  for (let i = last - 1; i >= first; i -= 1) {
    const end = marks.ends[i] as number;
    const group = (marks.ids[i] as number) & (opensBit - 1);
    const near = start - end <= nearBytes;
    const set = (marks.ids[i] as number) >> formatShift;
    if (set > 0 && format !== fits.fits) {
      const fit = fitOf(set, bytes, start, valueEnd);
      if (fit !== fits.other || format === fits.unknown) format = fit;
    }
    const slot = near ? group : groupNames.length + group;
    if (seenNear[slot]) continue;
    seenNear[slot] = 1;
    add(at.near + slot);
    if (!near || !openerGroups.has(group)) continue;
    if (group === providerGroup) named = true;
    openersSeen += 1;
    if (nearest < 0) nearest = end;
  }
  add(at.opening + openings.indexOf(openingOf(before)));
  add(at.closing + closings.indexOf(closingOf(after)));
  const assigned = assignment(bytes, nearest, start);
  add(at.assigned + assigned);
  if (bytes[start - 1] === 0x2f && bytes[start - 2] === 0x2f) add(at.url);
  const credential = openersSeen > (named ? 1 : 0);
  const kind = (named ? 1 : 0) + (credential ? 2 : 0);
  return { openers: openersSeen, kind, assignment: assigned, format };
}

const seenNear = new Uint8Array(groupNames.length * 2);

function band(value: number, steps: readonly number[]): number {
  let index = 0;
  while (index < steps.length && value >= (steps[index] as number)) index += 1;
  return index;
}

/** 0 no opener near, 1 only separators between, 2 an assignment further on, 3 words between. */
function assignment(bytes: Uint8Array, from: number, to: number): number {
  if (from < 0) return 0;
  let letters = 0;
  let assigns = false;
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i] as number;
    if (byte === 0x3d || byte === 0x3a) assigns = true;
    else if ((memberships[byte] as number) & alphabets.alnum) letters += 1;
  }
  if (letters === 0) return 1;
  return assigns ? 2 : 3;
}

function addMakeUp(bytes: Uint8Array, start: number, end: number, add: (i: number) => void): void {
  let digits = 0;
  let upper = 0;
  let lower = 0;
  let beyondHex = 0;
  let steps = 0;
  let repeats = 0;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    else if (byte >= 0x41 && byte <= 0x5a) upper += 1;
    else if (byte >= 0x61 && byte <= 0x7a) lower += 1;
    if (byte > 0x66 && byte <= 0x7a) beyondHex += 1;
    if (i > start && byte === (bytes[i - 1] as number) + 1) steps += 1;
    if (i > start && byte === bytes[i - 1]) repeats += 1;
  }
  const length = end - start;
  add(at.digits + band(digits / length, [0.001, 0.1, 0.3, 0.6]));
  // One letter of the other case, or one that is no hexadecimal digit, among many: a sample that was spoilt on purpose.
  if (upper === 1 && lower >= 8) add(at.spoilt);
  if (lower === 1 && upper >= 8) add(at.spoilt + 1);
  if (beyondHex + upper === 1 && length >= 20) add(at.spoilt + 2);
  if (steps * 3 > length) add(at.sequence);
  if (repeats * 3 > length) add(at.sequence + 1);
  if (steps * 3 > length && digits > 0) add(at.sequence + 2);
}
