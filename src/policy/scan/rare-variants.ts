import { base32Letters, byBits, compacted, reversed, rot13, type Variant } from './variants.js';

const digits = '0123456789';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const base62 = `${digits}${upper}${lower}`;
const base64 = `${upper}${lower}${digits}+/`;
/** RFC 4648, 6 and 7, and Crockford's. */
const base32 = [base32Letters, `${digits}${upper.slice(0, 22)}`, `${digits}ABCDEFGHJKMNPQRSTVWXYZ`];
const from = (code: number, count: number): string =>
  Array.from({ length: count }, (_, index) => String.fromCharCode(code + index)).join('');
/** Adobe's, RFC 1924's and ZeroMQ's. */
const base85 = [
  from(0x21, 85),
  `${base62}!#$%&()*+-;<=>?@^_\`{|}~`,
  `${digits}${lower}${upper}.-:+=^!/*?&<>()[]{}@%$#`,
];
/** RFC 9285. */
const base45 = `${digits}${upper} $%*+-./:`;
/** POSIX uuencode, without the count that begins a line. */
const uuencode = `\`${from(0x21, 63)}`;
/** What one number is written in: the whole value alone, since any letter before it changes all. */
const numbers = [digits, `${digits}${lower}`, base62, base62.replace(/[0OIl]/g, '')];

/** How each byte is written where they are told one by one, whatever stands between. */
const codes: readonly ((byte: number) => string)[] = [
  (byte) => String(byte),
  (byte) => String(byte).padStart(3, '0'),
  (byte) => byte.toString(8),
  (byte) => byte.toString(8).padStart(3, '0'),
  (byte) => byte.toString(2).padStart(8, '0'),
  (byte) => `0x${byte.toString(16)}`,
];

/** Forms that programs write as easily as base64, and seldom do. For few values: there are many of them. */
export function rareVariantsOf(value: string): readonly Variant[] {
  const bytes = Buffer.from(value, 'utf8');
  const little = Buffer.from(value, 'utf16le');
  const big = Buffer.from(little).swap16();
  const forms: [string, string][] = [];
  const add = (encoding: string, texts: readonly string[]) => {
    for (const text of texts) forms.push([encoding, text]);
  };
  add(
    'base32',
    base32.flatMap((letters) => places(5).map((before) => byBits(bytes, 5, letters, before))),
  );
  add(
    'base85',
    base85.flatMap((letters) => places(4).map((before) => byGroups(bytes, 4, 5, letters, before))),
  );
  add(
    'base45',
    places(2).map((before) => reversedGroups(byGroups(bytes, 2, 3, base45, before))),
  );
  add(
    'uuencode',
    places(3).map((before) => byBits(bytes, 6, uuencode, before)),
  );
  for (const wide of [little, big])
    add(
      'base64.utf16',
      places(3).map((before) => byBits(wide, 6, base64, before)),
    );
  add('hex.utf16', [big.toString('hex')]);
  add(
    'rot13.base64',
    places(3).map((before) => rot13(byBits(bytes, 6, base64, before))),
  );
  add(
    'words',
    places(2).map((before) => swappedPairs(bytes.subarray(before)).toString('hex')),
  );
  add(
    'number',
    numbers.map((letters) => asNumber(bytes, letters)),
  );
  return [...forms.map(([encoding, text]) => ({ encoding, bytes: compacted(text) })), ...codedForms(bytes)];
}

/** The fewer letters there are to choose from, the longer is a piece that is no chance. */
function codedForms(bytes: Buffer): Variant[] {
  return codes.map((code) => {
    const text = Array.from(bytes, code).join('');
    const least = text.length >= 8 * bytes.length ? 80 : 30;
    return { encoding: 'codes', bytes: compacted(text), least };
  });
}

const places = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Groups of `size` bytes as one number of `length` digits each. */
function byGroups(bytes: Buffer, size: number, length: number, letters: string, before: number): string {
  let text = '';
  const base = letters.length;
  for (let at = (size - before) % size; at + size <= bytes.length; at += size) {
    let rest = bytes.readUIntBE(at, size);
    let group = '';
    for (let digit = 0; digit < length; digit += 1) {
      group = `${letters[rest % base]}${group}`;
      rest = Math.floor(rest / base);
    }
    text += group;
  }
  return text;
}

/** Base45 writes each group's last digit first. */
const reversedGroups = (text: string): string => text.replace(/.{3}/g, reversed);

/** As `od -x` shows bytes: two at a time, the second first. */
function swappedPairs(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

function asNumber(bytes: Buffer, letters: string): string {
  const base = BigInt(letters.length);
  let text = '';
  for (let rest = BigInt(`0x0${bytes.toString('hex')}`); rest > 0n; rest /= base)
    text = `${letters[Number(rest % base)]}${text}`;
  return text;
}
