import { withoutNominated } from '../../policy/departing-headers.js';
import { NotScannedError } from '../../policy/inbound/scrub.js';
import type { ScrubStream } from '../../policy/inbound/scrub-stream.js';
import { headerOf } from './answer-headers.js';

/** What a client asked for of a file: from one offset to another, or to the end. */
export interface AskedRange {
  readonly first: number;
  /** Included; null: the end. */
  readonly last: number | null;
}

/**
 * Bytes that are asked for on either side of a range, looked at with it and not handed on: a value that the range cuts
 * is whole there, so that nothing has to be guessed at its edges.
 */
const surround = 1024;

/** The one range that a header asks for; null: any other header is as good as none (RFC 9110, 14.2). */
export function parseRange(value: string | null): AskedRange | null {
  const parts = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(value?.trim() ?? '');
  if (!parts) return null;
  const first = Number(parts[1]);
  const last = parts[2] ? Number(parts[2]) : null;
  return last !== null && last < first ? null : { first, last };
}

const widened = ({ first, last }: AskedRange): AskedRange => ({
  first: Math.max(0, first - surround),
  last: last === null ? null : last + surround,
});

/** The header that asks for the range and what surrounds it. */
export function widenedRange(asked: AskedRange): string {
  const { first, last } = widened(asked);
  return `bytes=${first}-${last ?? ''}`;
}

/** What of an upstream's part the client is to get. */
export interface Part {
  readonly status: number;
  readonly headers: readonly string[];
  /** Bytes that come before it, and its own. */
  readonly skip: number;
  readonly length: number;
}

/** They are of the part as it came (RFC 9530, 2). */
const ofPart = new Set(['content-range', 'content-length', 'content-md5', 'content-digest', 'digest']);

/** @returns why it can't be looked at, where it is not what was asked for */
export function partFor(
  asked: AskedRange | null,
  headers: readonly string[],
  isCoded: boolean,
): Part | string {
  if (isCoded) return 'it is a part of a coded body';
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(headerOf(headers, 'content-range') ?? '');
  if (!range) return 'it does not say which part it is';
  if (!asked) return 'it is a part that was not asked for';
  const [first, last] = [Number(range[1]), Number(range[2])];
  const wanted = widened(asked);
  const size = range[3] === '*' ? null : Number(range[3]);
  if (first !== wanted.first || last < first || last > (wanted.last ?? last) || last >= (size ?? Infinity))
    return 'it is another part than was asked for';
  const said = headerOf(headers, 'content-length');
  if (said !== null && Number(said) !== last - first + 1) return 'its length is not its part’s';
  const rest = withoutNominated(headers, ofPart);
  if (size !== null && asked.first >= size)
    return {
      status: 416,
      headers: [...rest, 'content-range', `bytes */${size}`, 'content-length', '0'],
      skip: 0,
      length: 0,
    };
  // Where the upstream stops short, what it stops at has to be looked at with what follows, too.
  const most = last + 1 === size ? last : last - surround;
  const end = Math.min(asked.last ?? most, most);
  const length = end - asked.first + 1;
  if (length <= 0) return 'it is too short a part';
  const own = ['content-range', `bytes ${asked.first}-${end}/${size ?? '*'}`];
  if (said !== null) own.push('content-length', String(length));
  return { status: 206, headers: [...rest, ...own], skip: asked.first - first, length };
}

const nothing = Buffer.alloc(0);

/** Hands on what the client is to get of what was looked at. @throws NotScannedError at the end, where there is less */
export function trim(looked: ScrubStream | null, { skip, length }: Part): ScrubStream {
  let at = 0;
  const cut = (bytes: Buffer): Buffer => {
    const from = Math.max(0, skip - at);
    const to = Math.max(0, skip + length - at);
    at += bytes.length;
    return bytes.subarray(from, Math.max(from, to));
  };
  return {
    push: (chunk) => cut(looked ? looked.push(chunk) : chunk),
    release: () => (looked ? cut(looked.release()) : nothing),
    end(chunk = nothing) {
      const rest = cut(looked ? looked.end(chunk) : chunk);
      if (at < skip + length) throw new NotScannedError('it is shorter than it says');
      return rest;
    },
  };
}
