import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { zstdDecompress } from '../zstd.js';

/** What came in on the far side, in the parts that a server has before it. */
export interface Received {
  readonly host: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
}

/**
 * Whether a value can be read out of requests by someone who knows what to look for and has all the time there is:
 * it undoes whatever can be undone, again and again. Shares nothing with the product.
 */
export function canRead(requests: readonly Received[], value: string, anyCase: boolean): boolean {
  const shown = (text: string) => (anyCase ? text.toLowerCase() : text);
  const wanted = [value, reversed(value), rot13(value)].map(shown);
  const bare = wanted.map(strip);
  const seen = new Set<string>();
  let layer = requests.flatMap(partsOf).concat(acrossRequests(requests));
  for (let depth = 0; depth < 5 && layer.length > 0; depth += 1) {
    const next: string[] = [];
    for (const text of layer) {
      if (seen.has(text) || seen.size > mostReadings || text.length > longestReading) continue;
      seen.add(text);
      const stripped = strip(shown(text));
      if (wanted.some((form) => shown(text).includes(form)) || bare.some((form) => stripped.includes(form)))
        return true;
      next.push(...readings(text));
    }
    layer = next;
  }
  return false;
}

/** Bounds of a search; the values of the tests are found far within them. */
const mostReadings = 1500;
const longestReading = 16 * 1024;

const reversed = (text: string): string => Array.from(text).reverse().join('');
const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter < 'a' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
const strip = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '');
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Every part of a request by itself, and parts of one kind one after another. All as Latin-1. */
function partsOf({ host, target, headers, body, trailers }: Received): string[] {
  const values = headers.filter((_, at) => at % 2 === 1);
  const names = headers.filter((_, at) => at % 2 === 0);
  const own = values.filter((_, at) => /^x-/i.test(names[at] ?? ''));
  const cookies = headers.filter((_, at) => /^cookie$/i.test(headers[at - 1] ?? '')).join('; ');
  const url = new URL(`http://x${target}`);
  return [
    host,
    host.split('.').slice(0, -3).join(''),
    target,
    url.pathname.split('/').join(''),
    url.search
      .slice(1)
      .split('&')
      .map((pair) => pair.slice(pair.indexOf('=') + 1))
      .join(''),
    url.search
      .slice(1)
      .split('&')
      .map((pair) => pair.split('=')[0])
      .join(''),
    names.join('\n'),
    ...values,
    own.join(''),
    cookies
      .split('; ')
      .map((pair) => pair.slice(pair.indexOf('=') + 1))
      .join(''),
    latin1(body),
    ...trailers,
  ];
}

/** The same place of every request, one after another. */
function acrossRequests(requests: readonly Received[]): string[] {
  if (requests.length < 2) return [];
  const query = ({ target }: Received) => target.slice(target.indexOf('=') + 1);
  return [
    requests.map(({ body }) => latin1(body)).join(''),
    requests.map(query).join(''),
    requests
      .map(({ headers }) => headers[headers.findIndex((name) => /^x-part/i.test(name)) + 1] ?? '')
      .join(''),
    requests.map(({ body }) => strings(latin1(body)).at(-1) ?? '').join(''),
    requests.map(({ body }) => latin1(body).replace(/^.*=/s, '')).join(''),
    requests.map(({ target }) => target.slice(target.lastIndexOf('/') + 1)).join(''),
  ];
}

/** Whatever a text can be read as, one step further. */
function readings(text: string): string[] {
  const found: string[] = [
    text.replace(/%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/gi, (_, wide, hex) =>
      String.fromCharCode(Number.parseInt(wide ?? hex, 16)),
    ),
    text.replace(/(?:\\u[0-9a-fA-F]{4})+/g, (escapes) =>
      latin1(Buffer.from(JSON.parse(`"${escapes}"`) as string, 'utf8')),
    ),
    text.replace(
      /\\(?:[ux]\{0*([0-9a-f]{1,6})\}|u(?:0000)?([0-9a-f]{4})|x([0-9a-f]{2})|(0?[0-7]{3})|(["\\/nrt]))/gi,
      (_, a, b, c, octal, plain) => {
        if (plain) return { n: '\n', r: '\r', t: '\t' }[plain as 'n'] ?? plain;
        return asBytes(octal ? Number.parseInt(octal, 8) : Number.parseInt(a ?? b ?? c, 16));
      },
    ),
    text.replace(/&#(?:x([0-9a-f]+)|([0-9]+));?/gi, (_, hex, decimal) =>
      asBytes(hex ? Number.parseInt(hex, 16) : Number(decimal)),
    ),
    text.replace(/=(?:\r?\n|([0-9A-F]{2}))/gi, (_, hex) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : '',
    ),
    text.replace(/\+/g, ' '),
    foldedLetters(text),
    text.replaceAll('\0', ''),
    text.replace(/[^A-Za-z0-9+/_=-]/g, ''),
    strings(text).join(''),
    text
      .split('&')
      .map((pair) => pair.slice(pair.indexOf('=') + 1))
      .join(''),
    ...multipartValues(text),
    multipartValues(text).join(''),
    text.replace(/\\*"\s*,\s*\\*"\w+\\*"\s*:\s*\\*"/g, ''),
    ...runs(text),
    ...inflated(Buffer.from(text, 'latin1')),
  ];
  return found.filter((reading) => reading !== text && reading.length >= 8);
}

const asBytes = (code: number): string =>
  latin1(Buffer.from(String.fromCodePoint(Math.min(code, 0x10ffff)), 'utf8'));

const greekAndCyrillic: Readonly<Record<string, string>> = { а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x' };

const smallCapitals: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ', (letter, at) => [
    letter,
    'abcdefghijklmnopqrstuvwyz'[at] ?? letter,
  ]),
);

function foldedLetters(text: string): string {
  const decoded = Buffer.from(text, 'latin1')
    .toString('utf8')
    .normalize('NFKC')
    .replace(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000))
    .replace(/[\u{e0110}-\u{e016e}]/gu, (byte) => String.fromCodePoint((byte.codePointAt(0) ?? 0) - 0xe00f0))
    .replace(/[ᴀ-ᴢɢɪɴʀʏʙʜʟꜰꜱꞯ]/g, (letter) => smallCapitals[letter] ?? letter)
    .replace(/\p{Cf}/gu, '')
    .replace(/[аеорсх]/g, (letter) => greekAndCyrillic[letter] ?? letter);
  return latin1(Buffer.from(decoded, 'utf8'));
}

/** All strings of JSON, in order; of every line where the whole is none. */
function strings(text: string): string[] {
  const collect = (value: unknown): string[] => {
    if (typeof value === 'string') return [latin1(Buffer.from(value, 'utf8'))];
    return value && typeof value === 'object' ? Object.values(value).flatMap(collect) : [];
  };
  if (!/["[{]/.test(text.slice(0, 10))) return [];
  return [text, ...text.split('\n')].flatMap((document, at, all) => {
    if (at > 0 && all.length === 2) return [];
    try {
      return collect(JSON.parse(Buffer.from(document, 'latin1').toString('utf8')));
    } catch {
      return [];
    }
  });
}

function multipartValues(text: string): string[] {
  const boundary = /^--(\S+)\r\n/.exec(text)?.[1];
  if (!boundary) return [];
  return text
    .split(`--${boundary}`)
    .map((part) => part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, ''))
    .filter((part) => part.length > 2 && !part.startsWith('--'));
}

/** What long runs of letters decode to, in base64 from each of four places and in hexadecimal. */
function runs(text: string): string[] {
  const found: string[] = [];
  const unbroken = text.replace(/(?:\\+[rn]|[\r\n])+/g, '');
  for (const source of new Set([text, unbroken]))
    for (const [run] of source.matchAll(/[A-Za-z0-9+/_-]{16,}/g)) {
      for (let skip = 0; skip < 4; skip += 1) {
        const decoded = latin1(Buffer.from(run.slice(skip), 'base64'));
        if (saysSomething(decoded)) found.push(decoded);
      }
      for (const [hex] of run.matchAll(/[0-9a-f]{20,}/gi)) found.push(latin1(Buffer.from(hex, 'hex')));
    }
  return found;
}

/** Text for the most part, or what a file of some kind begins with; bytes that are neither are as good as none. */
function saysSomething(decoded: string): boolean {
  if (/^(?:\x1f\x8b|PK|\x89PNG|\x78[\x01\x5e\x9c\xda])/.test(decoded)) return true;
  if (/[!-~\s]{9}|(?:[!-~]\0){4}/.test(decoded)) return true;
  // Letters of four bytes between others.
  if (/(?:\xf0[\x90-\xbf][\x80-\xbf]{2}[!-~]{0,8}){2}/.test(decoded)) return true;
  if (
    /(?:[\xc2-\xef][\x80-\xbf]{1,2}[!-~]?){4}|(?:\xf0[\x80-\xbf]{3}){3}|(?:\xf3\xa0[\x80-\xbf]{2}){3}/.test(
      decoded,
    )
  )
    return true;
  return decoded.length > 24 && inflated(Buffer.from(decoded, 'latin1')).length > 0;
}

/** What of it can be read, whatever follows. */
function zstdReading(bytes: Buffer): string[] {
  try {
    return [latin1(zstdDecompress(bytes))];
  } catch (error) {
    return [latin1((error as { stdout?: Buffer }).stdout ?? Buffer.alloc(0))];
  }
}

/** Whatever can be inflated at a place where it may begin. */
function inflated(bytes: Buffer): string[] {
  const found: string[] = [];
  const attempt = (inflate: typeof gunzipSync, from: number, finishFlush: number): void => {
    try {
      found.push(latin1(inflate(bytes.subarray(from), { finishFlush, maxOutputLength: longestReading })));
    } catch {
      // It was none.
    }
  };
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    if (first === 0x1f && second === 0x8b && third === 8) {
      attempt(gunzipSync, at, constants.Z_SYNC_FLUSH);
      attempt(inflateRawSync, at + 10, constants.Z_SYNC_FLUSH);
    }
    if (first === 0x28 && second === 0xb5 && third === 0x2f) found.push(...zstdReading(bytes.subarray(at)));
    if (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second ?? 0))
      attempt(inflateSync, at, constants.Z_SYNC_FLUSH);
    if (first === 0x50 && second === 0x4b && third === 3 && at + 30 < bytes.length) {
      const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
      if (from < bytes.length) attempt(inflateRawSync, from, constants.Z_SYNC_FLUSH);
    }
  }
  if (/[^\t\r\n -~]/.test(latin1(bytes))) {
    attempt(inflateRawSync, 0, constants.Z_SYNC_FLUSH);
    attempt(brotliDecompressSync as typeof gunzipSync, 0, constants.BROTLI_OPERATION_FLUSH);
  }
  return found;
}
