import type { RawHeaders } from '../request-head.js';
import { budgetFor, spend } from '../scan/budget.js';
import type { DetectorMaterial } from '../scan/detector.js';
import { lookForKnown } from '../scan/known.js';
import { textView } from '../scan/view.js';
import { decodeViews } from '../views/decode.js';
import { lettersOf, type PieceIndex, type SecretPiece } from './piece-index.js';
import { createSlots } from './slots.js';
import { breaksUndone } from './written-breaks.js';

/** A request as it leaves. */
export interface TrailMessage {
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Buffer | null;
  /** Of the body, as the scan of it found them. */
  readonly pieces: readonly SecretPiece[];
  /** The same head was added lately: only what is at the same place again can tell something new. */
  readonly headSeen: boolean;
  /** Names of values that may leave with it. */
  readonly approved: readonly string[];
}

/** What left a bottle lately, as far as it may be parts of a value that the bottle holds. */
export interface Trail {
  /**
   * Adds a request to it before that leaves; requests that wait count as gone. Answers the name of the value that
   * comes together with it, or null.
   */
  readonly add: (message: TrailMessage, now: number) => string | null;
}

/** Milliseconds that parts are remembered. */
export const trailLifetime = 5 * 60_000;
/** A value that is shorter is looked for only whole. Letters and digits. */
const shortestValue = 12;
/** Beyond this a request is no carrier of a few letters. Characters, parts. */
const longestSlotted = 256;
const mostTokens = 24;
const usualHeaders = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent']);

/**
 * Two looks: at stretches of seven letters and digits or more, in whatever order they leave, until half of a value or
 * twenty of its letters have left; and at what stands at the same place of like requests, one after another, however short.
 */
export function createTrail(material: DetectorMaterial, index: PieceIndex): Trail {
  const look = lookForKnown(material);
  const slots = createSlots(trailLifetime);
  /** By value: when each of its letters and digits left last. */
  const left = index.values.map(({ length }) => new Float64Array(length).fill(Number.NEGATIVE_INFINITY));

  function bySlots(message: TrailMessage, now: number): string | null {
    let secret: string | null = null;
    eachSlot(message, (key, token) => {
      const text = slots.append(key, token, now);
      if (text === null || text.length < shortestValue) return;
      let found: string | null = null;
      const scene = { surface: 'body', thorough: false, budget: budgetFor(text.length) } as const;
      look(textView(Buffer.from(text, 'latin1')), scene, ({ rule, end }) => {
        // What stands in the former parts alone was let out.
        if (end > text.length - token.length && !message.approved.includes(rule)) found = rule;
      });
      if (found === null) return;
      slots.takeBack(key);
      secret = found;
    });
    return secret;
  }

  function byPieces(message: TrailMessage, now: number): string | null {
    const { target, headers, pieces, headSeen, approved } = message;
    const inHead = headSeen
      ? []
      : readingsOf(Buffer.from([target, ...headers].join('\t'), 'latin1')).flatMap(index.find);
    if (inHead.length + pieces.length === 0) return null;
    const touched = new Set<number>();
    for (const piece of [...inHead, ...pieces]) {
      const { value } = index.forms[piece.form] as (typeof index.forms)[number];
      if (approved.includes(index.values[value]?.name ?? '')) continue;
      left[value]?.fill(now, ...lettersOf(index, piece));
      touched.add(value);
    }
    for (const value of touched) {
      const { name, length } = index.values[value] as (typeof index.values)[number];
      const least = Math.max(shortestValue, Math.min(Math.ceil(length / 2), 20));
      const gone = left[value]?.reduce((sum, time) => sum + (now - time <= trailLifetime ? 1 : 0), 0) ?? 0;
      if (gone >= least) return name;
    }
    return null;
  }

  return {
    add(message, now) {
      if (index.values.length === 0) return null;
      const inPieces = byPieces(message, now);
      return bySlots(message, now) ?? inPieces;
    },
  };
}

/** Encodings within each other that are undone. */
const deepest = 2;

/** A text and what it decodes to. */
function readingsOf(bytes: Buffer): readonly Buffer[] {
  const budget = budgetFor(bytes.length);
  const views = [textView(bytes)];
  for (const view of views)
    if (view.depth < deepest && budget.remaining >= 0)
      for (const derived of decodeViews(view, budget))
        if (spend(budget, derived.bytes.length)) views.push(derived);
  const undone = breaksUndone(bytes);
  return [...views.map((view) => view.bytes), ...(undone ? [undone] : [])];
}

/** Every place of a request with what stands there: those of the target and of a small body by their number. */
function eachSlot(
  { target, headers, body }: TrailMessage,
  visit: (key: string, token: string) => void,
): void {
  if (target.length <= longestSlotted) eachToken('t', target, visit);
  for (let index = 0; index < headers.length; index += 2) {
    const [name = '', value = ''] = [headers[index], headers[index + 1]];
    if (value.length > 64) continue;
    const lowerName = name.toLowerCase();
    if (!usualHeaders.has(lowerName)) visit(`h${lowerName}`, value);
  }
  if (body && body.length <= longestSlotted) eachToken('b', body.toString('latin1'), visit);
}

function eachToken(kind: string, text: string, visit: (key: string, token: string) => void): void {
  const tokens = text.match(/[^\s/?&=;,:"'{}[\]()<>|]+/g);
  if (!tokens || tokens.length > mostTokens) return;
  for (const [index, token] of tokens.entries()) visit(`${kind}${tokens.length}.${index}`, token);
}
