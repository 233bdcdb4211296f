import type { Detector, Surface } from '../scan/detector.js';

/** Places that end at a line break on the wire; a body may hold as many as it likes. */
const lineBound: ReadonlySet<Surface> = new Set<Surface>(['host', 'path', 'query', 'header']);

// A line break as such, percent-encoded (also twice), or as the UTF-8 letters that a careless server cuts to one byte.
const lineBreak = /[\r\n\0]|%(?:25)?(?:0[ad]|00|e5%(?:25)?98%(?:25)?8[ad])|\u00e5\u0098[\u008a\u008d]/gi;

/** Bytes that one of these begins with: a look at each is cheaper than a pattern. */
const mayBegin = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0, 0x0a, 0x0d, 0x25, 0xe5].includes(byte) ? 1 : 0,
);

function mayBreak(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (mayBegin[bytes[at] as number]) return true;
  return false;
}

const crlf: Detector = {
  name: 'crlf',
  summary: 'line breaks in a host, path, query or header, by which a request would be split (always refused)',
  direction: 'outbound',
  decodes: false,
  prepare:
    () =>
    (view, { surface }, report) => {
      if (!lineBound.has(surface) || !mayBreak(view.bytes)) return;
      for (const match of view.bytes.toString('latin1').matchAll(lineBreak))
        report({
          rule: 'line-break',
          start: match.index,
          end: match.index + match[0].length,
          score: 1,
          class: 'structure',
        });
    },
};

export default crlf;
