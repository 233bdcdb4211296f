export type CanonicalTarget =
  | { readonly ok: true; readonly path: string; readonly query: string }
  | { readonly ok: false; readonly reason: string };

const fail = (reason: string): CanonicalTarget => ({ ok: false, reason });

/** How often a path is decoded in search of what it might mean to a server behind the upstream. */
const decodings = 3;

/**
 * The form of an origin-form target (RFC 9112, 3.2.1) in which its path is matched: percent-encoded unreserved
 * characters decoded, the other encodings with upper-case digits, bytes beyond ASCII encoded (RFC 3986, 6.2.2).
 * `%2F` stays, because it is no separator (`/@scope%2fname`). A path that some server could read as another path
 * is refused: a dot segment however encoded or decorated, a control character, a broken or overlong encoding.
 * Only for matching: what is forwarded is the target as it came.
 *
 * @param target bytes read as Latin-1, as a request's arrives; other text by {@link targetBytes}
 */
export function canonicalTarget(target: string): CanonicalTarget {
  if (!target.startsWith('/')) return fail('the target does not start with a slash');
  if (/[\x00-\x20\x7f#]/.test(target)) return fail('a control character, a space or a # in the target');
  const mark = target.indexOf('?');
  const raw = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  // Nearly every path: nothing to decode, no segment that starts with a dot.
  if (!/[%\\;\x80-\uffff]|\/\./.test(raw)) return { ok: true, path: raw, query };
  if (/[^\x00-\xff]/.test(raw)) return fail('a character that is no byte');
  if (/%(?![\dA-Fa-f]{2})/.test(raw)) return fail('a broken percent-encoding');
  const problem = hiddenMeaning(raw);
  return problem === null ? { ok: true, path: normalise(raw), query } : fail(problem);
}

/** What is sent for a target that people wrote: the bytes of its UTF-8, read as Latin-1. */
export const targetBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/**
 * Bytes that a shortest form in UTF-8 never has, of two to six: such forms hide dots and slashes (RFC 3629, 3 and 10;
 * those of five and six are RFC 2279's).
 */
const overlong = /[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]|\xf8[\x80-\x87]|\xfc[\x80-\x83]/;
/** Of no RFC: what `escape` makes and some servers undo. Undecoded it is a broken encoding. */
const numbered = /%u[\dA-Fa-f]{4}/i;

/** Decodes again and again as careless servers do, and looks at each result. */
function hiddenMeaning(raw: string): string | null {
  let text = raw;
  for (let pass = 0; pass <= decodings; pass += 1) {
    if (/[\x00-\x1f\x7f]/.test(text)) return 'an encoded control character';
    if (overlong.test(text)) return 'an overlong encoding';
    if (numbered.test(text)) return 'a character encoded by its number';
    if (hasDotSegment(text)) return 'a dot segment';
    const next = decodeOnce(text);
    if (next === text) return null;
    text = next;
  }
  return 'an encoding nested too deeply';
}

/**
 * `..`, `.`, and `..;parameter`, which servers of Java's kind strip to `..`; also with blanks around, which those of
 * Windows' kind drop, before an encoded `?` or `#`, and in letters that are folded to dots and slashes (NFKC).
 */
function hasDotSegment(text: string): boolean {
  return dotSegment.test(text) || (/[\x80-\xff]/.test(text) && dotSegment.test(folded(text)));
}

const dotSegment = /(?:^|[/\\])\s*\.\s*(?:\.\s*)?(?:[/\\;?#]|$)/;
const utf8 = new TextDecoder();

/** @param text bytes read as Latin-1 */
function folded(text: string): string {
  return utf8.decode(Buffer.from(text, 'latin1')).normalize('NFKC');
}

/** The text as it reads to a server that decodes as often as any does; `+` is a space. Only to look for words in it. */
export function decodeFully(text: string): string {
  if (!/[%+]/.test(text)) return text;
  let decoded = text.replaceAll('+', ' ');
  for (let pass = 0; pass <= decodings; pass += 1) decoded = decodeOnce(decoded);
  return decoded;
}

/** Percent-encoding undone, each byte a Latin-1 letter; what is no encoding stays. */
export function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([\dA-Fa-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function normalise(raw: string): string {
  return raw
    .replace(/%([\dA-Fa-f]{2})/g, (encoded, digits) => {
      const character = String.fromCharCode(Number.parseInt(digits, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
    })
    .replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Query parameters as every server might read them: `&` and `;` separate, `+` is a space, decoded twice. */
export function queryParameters(query: string): { readonly name: string; readonly value: string }[] {
  return query.split(/[&;]/).map((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1
      ? { name: decodeTwice(pair), value: '' }
      : { name: decodeTwice(pair.slice(0, equals)), value: decodeTwice(pair.slice(equals + 1)) };
  });
}

function decodeTwice(text: string): string {
  if (!/[%+]/.test(text)) return text;
  return decodeOnce(decodeOnce(text.replaceAll('+', ' ')));
}
