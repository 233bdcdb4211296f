import type { Budget } from '../scan/budget.js';
import { saysMore } from './gzip.js';
import { type Compression, inflate } from './inflate.js';

/** A body as it reads once its content-encodings (RFC 9110, 8.4) are undone. */
export type DecodedBody =
  | {
      readonly outcome: 'complete';
      readonly bytes: Buffer;
      /** Undone, outermost first: to encode it again, apply them from the last to the first. */
      readonly undone: readonly ContentCoding[];
      /** More that a reader could see: header fields of gzip members, what is passed over, another reading of the same bytes. */
      readonly besides: readonly Buffer[];
    }
  | { readonly outcome: 'over-budget' }
  | { readonly outcome: 'cannot-scan'; readonly reason: string };

export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Encodings around each other: more is no honest client's doing. */
const mostEncodings = 3;

const codings: Readonly<Record<string, ContentCoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

/** What a body was encoded with, in lower case, outermost last. @param contentEncoding all values of the header, joined by commas */
export const codingNames = (contentEncoding: string | null): string[] =>
  (contentEncoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');

/** null: none that is undone. */
export const codingOf = (name: string): ContentCoding | null =>
  Object.hasOwn(codings, name) ? (codings[name] as ContentCoding) : null;

/** Undoes every content-encoding of a whole body. @param contentEncoding all values of the header, joined by commas */
export function decodeBody(bytes: Buffer, contentEncoding: string | null, budget: Budget): DecodedBody {
  const undone: ContentCoding[] = [];
  const besides: Buffer[] = [];
  let body = bytes;
  const names = codingNames(contentEncoding);
  if (names.length > mostEncodings)
    return { outcome: 'cannot-scan', reason: `more than ${mostEncodings} content-encodings` };
  for (const name of names.reverse()) {
    const coding = codingOf(name);
    if (!coding)
      return {
        outcome: 'cannot-scan',
        reason: `the content-encoding '${name.slice(0, 32)}' can't be undone`,
      };
    if (body.length === 0) break;
    const decoded = undo(coding, body, budget, besides);
    if (typeof decoded === 'string')
      return decoded === 'over-budget'
        ? { outcome: 'over-budget' }
        : { outcome: 'cannot-scan', reason: `the body is no whole ${name} stream` };
    undone.push(coding);
    body = decoded;
  }
  return { outcome: 'complete', bytes: body, undone, besides };
}

function undo(
  coding: ContentCoding,
  body: Buffer,
  budget: Budget,
  besides: Buffer[],
): Buffer | 'over-budget' | 'corrupt' {
  if (coding === 'deflate') return undoDeflate(body, budget, besides);
  const result = inflate(coding === 'br' ? 'brotli' : coding, body, budget, false);
  if (result.outcome !== 'complete') return result.outcome === 'over-budget' ? 'over-budget' : 'corrupt';
  if (result.consumed < body.length) return 'corrupt';
  if (coding === 'gzip' && saysMore(body)) besides.push(body);
  // Brotli has blocks that are passed over (RFC 7932, 9.2), not compressed: they can be read in it as it is.
  if (coding === 'br') besides.push(body);
  besides.push(...(result.skipped ?? []));
  return result.bytes;
}

/** `deflate` is the zlib format (RFC 9110, 8.4.1.2), and for some readers the bare stream: both are looked at. */
function undoDeflate(body: Buffer, budget: Budget, besides: Buffer[]): Buffer | 'over-budget' | 'corrupt' {
  const results = (['zlib', 'raw'] as const satisfies Compression[]).map((compression) =>
    inflate(compression, body, budget, false),
  );
  if (results.some(({ outcome }) => outcome === 'over-budget')) return 'over-budget';
  const whole = results.flatMap((result) =>
    result.outcome === 'complete' && result.consumed === body.length ? [result.bytes] : [],
  );
  const [first, second] = whole;
  if (!first) return 'corrupt';
  if (second) besides.push(second);
  return first;
}
