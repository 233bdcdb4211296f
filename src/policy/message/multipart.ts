/** One part of a multipart body (RFC 2046, 5.1): offsets of its head and of its content. */
export interface MultipartSpan {
  readonly headStart: number;
  readonly start: number;
  readonly end: number;
}

/** Parts that are told apart. */
const mostParts = 1000;

/** The boundary that a content type names, or that the body's first line looks like. */
export function boundaryOf(bytes: Buffer, contentType: string): string | null {
  if (/^\s*multipart\//i.test(contentType)) {
    const named = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
    if (named) return named[1] ?? named[2] ?? null;
  }
  if (bytes[0] !== 0x2d || bytes[1] !== 0x2d) return null;
  return /^--([^\r\n]{1,200}?)[ \t]*\r?\n[!-9;-~]{1,76}:/.exec(bytes.toString('latin1', 0, 300))?.[1] ?? null;
}

/** Every part, null where there are more than {@link mostParts}; bytes before the first and after the last are in none. */
export function multipartSpans(bytes: Buffer, boundary: string): readonly MultipartSpan[] | null {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const spans: MultipartSpan[] = [];
  let at = bytes.indexOf(delimiter);
  while (at >= 0) {
    if (spans.length === mostParts) return null;
    const headStart = lineAfter(bytes, at + delimiter.length);
    const next = bytes.indexOf(delimiter, at + delimiter.length);
    const limit = next < 0 ? bytes.length : next;
    if (headStart < limit) spans.push(spanOf(bytes, headStart, limit));
    at = next;
  }
  return spans;
}

function lineAfter(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(0x0a, from);
  return feed < 0 ? bytes.length : feed + 1;
}

function spanOf(bytes: Buffer, headStart: number, limit: number): MultipartSpan {
  let end = limit;
  if (end > headStart && bytes[end - 1] === 0x0a) end -= 1;
  if (end > headStart && bytes[end - 1] === 0x0d) end -= 1;
  for (let at = headStart; at < end; ) {
    const next = Math.min(lineAfter(bytes, at), end);
    const blank = bytes[at] === 0x0a || (bytes[at] === 0x0d && bytes[at + 1] === 0x0a);
    if (blank) return { headStart, start: next, end };
    at = next;
  }
  return { headStart, start: end, end };
}

/** A header field of a part's head, in lower case but for its value; '' where it has none. */
export function partHeader(head: string, name: string): string {
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return '';
}
