import { alphabets, entropy, memberships } from '../scan/alphabet.js';
import type { Occurrences } from '../scan/occurrences.js';
import { strangeness } from './bigrams.js';
import type { Candidate } from './candidate.js';
import { type Fit, fitOfMakeUp, fits } from './formats.js';
import { groupNames } from './keywords.js';
import {
  closingIndex,
  closings,
  isTorn,
  type MakeUp,
  makeUpOf,
  oddKind,
  openingIndex,
  openings,
  shapeOf,
  shapes,
} from './make-up.js';

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
    lengthShape: block(lengthSteps * shapes.length),
    lengthClosing: block(lengthSteps * closings.length),
    refused: block(4),
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
/** Groups as bits of one number. */
const groupsOf = (...names: string[]): number =>
  names.reduce((bits, name) => bits | (1 << groupNames.indexOf(name)), 0);
/** An opener's group is a sign of a credential. */
const openerGroups = groupsOf(...openerNames);
/** Words that name a credential and hardly anything else, and such as say that it is another thing. */
const namingGroups = groupsOf(
  'token',
  'secret',
  'password',
  'credential',
  'apiKey',
  'bearer',
  'authorization',
);
const otherGroups = groupsOf('identifier', 'digest', 'revision', 'public');
const providerGroup = 1 << groupNames.indexOf('provider');
/** The mark of a prefix whose rule found no token behind it. */
export const refusedMark = groupNames.indexOf('refused');
const oddShape = shapes.indexOf('odd');
const nearBytes = 28;
/** Bytes of the longest prefix that a value may begin with. */
const prefixBytes = 24;
/** More than ever hold at once: the context words, and one of each other kind. */
const mostFeatures = 2 * groupNames.length + 34;

/** The indices of the features that hold: `of[0..count)`. */
export interface Features {
  readonly of: Uint16Array;
  count: number;
  /** A word for a credential, and no provider whose keys are known, names the value and nothing but marks stands between. */
  named: boolean;
}

export const newFeatures = (): Features => ({ of: new Uint16Array(mostFeatures), count: 0, named: false });

function add(features: Features, index: number): void {
  features.of[features.count] = index;
  features.count += 1;
}

/** Puts the features that hold, but that of {@link addEntropy}, in place of those in `into`; the words are `marks[first..last)`. */
export function featuresOf(
  bytes: Uint8Array,
  candidate: Candidate,
  marks: Marks,
  first: number,
  last: number,
  into: Features,
): void {
  into.count = 0;
  const { start, end } = candidate;
  const makeUp = makeUpOf(bytes, start, end);
  const { length } = makeUp;
  const opening = openingIndex[candidate.before] as number;
  const closing = closingIndex[candidate.after] as number;
  const { openers, kind, assigned, format } = addContext(bytes, candidate, makeUp, marks, first, last, into);
  const shape = shapeOf(makeUp);
  add(into, at.opening + opening);
  add(into, at.closing + closing);
  add(into, at.assigned + assigned);
  if (bytes[start - 1] === 0x2f && bytes[start - 2] === 0x2f) add(into, at.url);
  add(into, at.shape + shape);
  const exact = length >= shortestExact && length <= longestExact;
  add(into, at.lengthExact + (exact ? length - shortestExact + 1 : 0));
  const lengthBand = band(length, lengthBands);
  add(into, at.lengthBand + lengthBand);
  add(into, at.lengthShape + lengthBand * shapes.length + shape);
  add(into, at.lengthClosing + lengthBand * closings.length + closing);
  const strange = band(strangeness(bytes, start, end), strangeBands);
  add(into, at.strange + strange);
  if (openers > 0) add(into, at.strangeOpener + strange);
  add(into, at.openerCount + Math.min(openers, 3));
  const quality = shape === oddShape ? 0 : length % 4 === 0 ? 2 : 1;
  add(into, at.kindOpening + kind * openings.length + opening);
  add(into, at.kindClosing + kind * closings.length + closing);
  add(into, at.kindStrange + kind * strangeSteps + strange);
  add(into, at.crossed + (kind * 4 + assigned) * 3 + quality);
  add(into, at.format + kind * 4 + format);
  add(into, at.torn + (isTorn(bytes, start - 1, -1) ? 1 : 0) + (isTorn(bytes, end, 1) ? 2 : 0));
  add(into, at.formatShape + format * shapes.length + shape);
  if (shape === oddShape) add(into, at.odd + oddKind(bytes, start, end));
  addMakeUp(makeUp, into);
}

/** The one feature that {@link featuresOf} leaves out: it takes longest, and for most values nothing depends on it. */
export function addEntropy(bytes: Uint8Array, { start, end }: Candidate, into: Features): void {
  add(into, at.entropy + band(entropy(bytes, start, end).bits, entropyBands));
}

/** What the words before a value say of it. */
interface Context {
  /** Groups of openers nearby. */
  readonly openers: number;
  /** Whether a provider is named nearby, and whether a credential is: one bit each. */
  readonly kind: number;
  readonly assigned: number;
  readonly format: Fit;
}

function addContext(
  bytes: Uint8Array,
  { start }: Candidate,
  makeUp: MakeUp,
  marks: Marks,
  first: number,
  last: number,
  into: Features,
): Context {
  const { ends, ids } = marks;
  let near = 0;
  let far = 0;
  let nearest = -1;
  let format: Fit = fits.unknown;
  for (let i = last - 1; i >= first; i -= 1) {
    const end = ends[i] as number;
    const id = ids[i] as number;
    const group = id & (opensBit - 1);
    const bit = 1 << group;
    const set = id >> formatShift;
    if (set > 0 && format !== fits.fits) {
      const fit = fitOfMakeUp(set, makeUp);
      if (fit !== fits.other || format === fits.unknown) format = fit;
    }
    if (start - end > nearBytes) {
      if (!(far & bit)) add(into, at.far + group);
      far |= bit;
    } else {
      if (!(near & bit)) add(into, at.near + group);
      near |= bit;
      if (nearest < 0 && bit & openerGroups) nearest = end;
    }
  }
  const refused = beginsRefused(marks, last, start);
  if (refused) add(into, at.refused + format);
  const openers = bitCount(near & openerGroups);
  const named = near & providerGroup ? 1 : 0;
  const kind = named + (openers > named ? 2 : 0);
  const assigned = assignment(bytes, nearest, start);
  into.named =
    assigned === 1 &&
    !refused &&
    format === fits.unknown &&
    (near & namingGroups) !== 0 &&
    !(near & otherGroups);
  return { openers, kind, assigned, format };
}

/** Whether a refused prefix ends soon after `start`; the marks from `first` on end behind it. */
function beginsRefused({ ends, ids, count }: Marks, first: number, start: number): boolean {
  for (let i = first; i < count && (ends[i] as number) <= start + prefixBytes; i += 1)
    if ((ids[i] as number) === refusedMark) return true;
  return false;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

const lengthBands = [10, 13, 16, 20, 28, 40, 70, 140];
const entropyBands = [1.5, 2, 2.5, 2.8, 3.1, 3.4, 3.7, 4, 4.4];
const strangeBands = [52, 58, 62, 66, 70, 74, 78, 82, 86, 90, 95, 100, 108];
/** The features of which {@link addEntropy} adds one: the first, and how many. */
export const entropyFeatures = [at.entropy, entropySteps] as const;
const digitBands = [0.001, 0.1, 0.3, 0.6];

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

function addMakeUp(
  { length, digits, upper, lower, beyondHex, steps, repeats }: MakeUp,
  into: Features,
): void {
  add(into, at.digits + band(digits / length, digitBands));
  // One letter of the other case, or one that is no hexadecimal digit, among many: a sample that was spoilt on purpose.
  if (upper === 1 && lower >= 8) add(into, at.spoilt);
  if (lower === 1 && upper >= 8) add(into, at.spoilt + 1);
  if (beyondHex + upper === 1 && length >= 20) add(into, at.spoilt + 2);
  if (steps * 3 > length) add(into, at.sequence);
  if (repeats * 3 > length) add(into, at.sequence + 1);
  if (steps * 3 > length && digits > 0) add(into, at.sequence + 2);
}
