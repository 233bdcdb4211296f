/**
 * What one message may cost, counted in bytes of clean text: each byte that is looked at, its own and those of every
 * view, is one; what takes longer than a look at a byte is charged as many bytes as take the same time ({@link costs}).
 * So no message of {@link floor} and more takes much longer than {@link factor} times what clean text of its length takes.
 * Beyond it the scan ends as `over-budget`, and the caller refuses the message.
 */
export interface Budget {
  remaining: number;
  /** Bytes that members of archives may come to; they are looked at besides. None unless said. */
  inflatable?: number;
}

/** Clean text comes to little more than one, digests throughout and escapes throughout to six. */
const factor = 6.4;
/** A short message may be all tokens, in layers of encodings: more than its length is for it, and the less the longer it is. */
const floor = 44 * 1024;
const floorTaper = 2.75;
/** What is packed may be many times as long as it looks. */
const inflatedFactor = 12;
const inflatedFloor = 1 << 20;

/** Bytes of clean text that take as long, measured; rather more than less. */
export const costs = {
  /** A keyword is found. */
  occurrence: 3,
  /** A keyword stands where its rule has looked already, or can't begin: a run of one letter is full of such. */
  glance: 5,
  /** A keyword's rule is tried. */
  attempt: 14,
  /** What follows a prefix, or stands in a context, is judged and may be a placeholder, besides its length. */
  judgement: 50,
  /** A pattern is run; twice as much where it looks back, or goes over a line. */
  pattern: 75,
  /** What a pattern matches is taken out and judged, besides its length. */
  matched: 200,
  /** The surroundings of a keyword are mirrored. */
  mirror: 280,
  /** A part of a value is followed into the next field. */
  part: 150,
  /** A word of a context is kept, and what follows it is looked at. */
  context: 4,
  /** A value is looked at that may stand in a context. */
  value: 10,
  /** A value is judged by its context, besides its length. */
  candidate: 90,
  /** A word before such a value. */
  word: 2,
  finding: 135,
  /** A place may have to be decoded. */
  sign: 2,
  /** A place is decoded. */
  mark: 12,
  /** The same of a byte in percent-encoding. */
  octet: 9,
  /** A character reference, which may be one of names, is decoded. */
  reference: 18,
  /** A member of an archive is opened. */
  member: 2048,
} as const;

export function budgetFor(byteLength: number): Budget {
  return {
    remaining: byteLength * factor + Math.max(0, floor - byteLength * floorTaper),
    inflatable: inflatedFloor + byteLength * inflatedFactor,
  };
}

/** Takes `bytes` from the budget; false when that is more than is left. */
export function spend(budget: Budget, bytes: number): boolean {
  budget.remaining -= bytes;
  return budget.remaining >= 0;
}

/** Bytes that the next member of an archive may come to. */
export const mostInflated = (budget: Budget): number => budget.inflatable ?? budget.remaining;

/** Makes room for a look at what a member of an archive came to. */
export function grantInflated(budget: Budget, bytes: number): void {
  if (budget.inflatable === undefined) return;
  budget.inflatable -= bytes;
  budget.remaining += bytes * factor;
}

/** Makes room for a look at a part of a message by itself, besides the look at the whole. */
export function grantPart(budget: Budget, bytes: number): void {
  budget.remaining += bytes * factor;
}
