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
const numbers = [digits, '01234567', `${digits}${lower}`, base62, base62.replace(/[0OIl]/g, '')];

/** How each byte is written where they are told one by one, whatever stands between. */
const lists: readonly ((byte: number) => string)[] = [
  (byte) => String(byte),
  (byte) => String(byte).padStart(3, '0'),
  (byte) => byte.toString(8).padStart(3, '0'),
  (byte) => byte.toString(2).padStart(8, '0'),
  (byte) => `0x${byte.toString(16)}`,
];
/** And where a program's source tells them, with what stands before or behind each. */
const codes: readonly ((byte: number) => string)[] = [
  (byte) => byte.toString(8),
  (byte) => byte.toString(2),
  (byte) => `0b${byte.toString(2)}`,
  (byte) => `0o${byte.toString(8)}`,
  (byte) => `${byte}.0`,
  (byte) => `chr${byte}`,
  (byte) => `char${byte}`,
  (byte) => `chr0x${byte.toString(16)}`,
  (byte) => `u${byte.toString(16).padStart(4, '0')}`,
  (byte) => `x${byte.toString(16)}`,
  (byte) => `${byte.toString(16)}h`,
];

/** Forms that programs write as easily as base64, and seldom do. For few values: there are many of them. */
export function rareVariantsOf(value: string): readonly Variant[] {
  const bytes = Buffer.from(value, 'utf8');
  const mirrored = Buffer.from(reversed(value), 'utf8');
  const forms: Form[] = [
    ...inLetters(bytes),
    ...inWideLetters(value),
    ...inNumbers(bytes, mirrored),
    ...mirroredForms(value, bytes, mirrored),
    ...playedForms(value),
    ...wrappedForms(bytes),
    ...decodedForms(value),
  ];
  const plain = forms.map(([encoding, text]): Variant => {
    const least = leastOf.get(encoding);
    return { encoding, bytes: compacted(text), ...(least !== undefined && { least }) };
  });
  return [
    ...plain,
    ...codedForms(bytes, lists, leastListed),
    ...codedForms(bytes, codes, leastCoded),
    ...codedForms(mirrored, lists, leastCoded),
  ];
}

/** Three bytes of four are zeros: so many letters for nine of the value. */
const leastOf = new Map([
  ['hex.utf32', 72],
  ['base64.utf32', 48],
]);

type Form = readonly [encoding: string, text: string];

const all = (encoding: string, texts: readonly string[]): Form[] => texts.map((text) => [encoding, text]);

function inLetters(bytes: Buffer): Form[] {
  const each = (count: number, write: (before: number) => string) => places(count).map(write);
  return [
    ...base32.flatMap((letters) =>
      all(
        'base32',
        each(5, (before) => byBits(bytes, 5, letters, before)),
      ),
    ),
    ...base85.flatMap((letters) =>
      all(
        'base85',
        each(4, (before) => byGroups(bytes, 4, 5, letters, before)),
      ),
    ),
    ...all(
      'base45',
      each(2, (before) => reversedGroups(byGroups(bytes, 2, 3, base45, before))),
    ),
    ...all(
      'uuencode',
      each(3, (before) => byBits(bytes, 6, uuencode, before)),
    ),
    ...all(
      'rot13.base64',
      each(3, (before) => rot13(byBits(bytes, 6, base64, before))),
    ),
  ];
}

/** UTF-16 and UTF-32, in base64 and hexadecimal. */
function inWideLetters(value: string): Form[] {
  const little = Buffer.from(value, 'utf16le');
  const big = Buffer.from(little).swap16();
  const forms: Form[] = [['hex.utf16', big.toString('hex')]];
  for (const [name, wide] of [
    ['utf16', little],
    ['utf16', big],
    ['utf32', utf32(value, 'little')],
    ['utf32', utf32(value, 'big')],
  ] as const) {
    for (const before of places(3)) forms.push([`base64.${name}`, byBits(wide, 6, base64, before)]);
    if (name === 'utf32') forms.push(['hex.utf32', wide.toString('hex')]);
  }
  return forms;
}

/** As one number, its first byte the highest or the lowest, and with the line break that `echo` adds; and as `od` shows bytes. */
function inNumbers(bytes: Buffer, mirrored: Buffer): Form[] {
  const line = Buffer.concat([bytes, Buffer.from('\n')]);
  return [
    ...[bytes, mirrored, line].flatMap((whole) =>
      all(
        'number',
        numbers.map((letters) => asNumber(whole, letters)),
      ),
    ),
    ...places(2).flatMap((before): Form[] => {
      const words = swappedPairs(bytes.subarray(before));
      return [
        ['words', words.toString('hex')],
        ['words', inOctal(words)],
      ];
    }),
  ];
}

/** Written out and then turned round. What `variantsOf` mirrors isn't among them. */
function mirroredForms(value: string, bytes: Buffer, mirrored: Buffer): Form[] {
  return [
    ['hex.reversed', reversed(bytes.toString('hex'))],
    ...base32.map((letters): Form => ['base32.reversed', reversed(byBits(bytes, 5, letters))]),
    ...base85.map((letters): Form => ['base85.reversed', byGroups(mirrored, 4, 5, letters, 0)]),
    ['rot13.reversed', rot13(reversed(value))],
  ];
}

/** What puzzles do with letters: ROT47, Atbash, and the even places before the odd ones. */
function playedForms(value: string): Form[] {
  const letters = Array.from(value);
  const half = (odd: number) => letters.filter((_, at) => at % 2 === odd).join('');
  return [
    ['rot47', value.replace(/[!-~]/g, (letter) => moved(letter, (code) => 33 + ((code + 14) % 94)))],
    [
      'atbash',
      value.replace(/[a-z]/gi, (letter) => moved(letter, (code) => (code < 0x61 ? 155 : 219) - code)),
    ],
    ['halves', half(0) + half(1)],
  ];
}

const moved = (letter: string, to: (code: number) => number): string =>
  String.fromCharCode(to(letter.charCodeAt(0)));

/** Two encodings of which the inner one is no rare one. */
function wrappedForms(bytes: Buffer): Form[] {
  return (['base64', 'hex'] as const).flatMap((inner): Form[] => {
    const text = Buffer.from(bytes.toString(inner));
    return [
      ['base32', byBits(text, 5, base32Letters)],
      ...base85.map((letters): Form => ['base85', byGroups(text, 4, 5, letters, 0)]),
    ];
  });
}

/** What a value says that is hexadecimal or base64 itself, written otherwise. */
function decodedForms(value: string): Form[] {
  const meanings: Buffer[] = [];
  const digitsOnly = value.replaceAll('-', '');
  if (/^(?:[\da-f]{2}){12,}$/i.test(digitsOnly)) meanings.push(Buffer.from(digitsOnly, 'hex'));
  if (/^[\w+/-]{16,}={0,2}$/.test(value)) meanings.push(Buffer.from(value, 'base64'));
  return meanings.flatMap((bytes): Form[] => [
    ['decoded.hex', bytes.toString('hex')],
    ['decoded.base64', byBits(bytes, 6, base64)],
    ['decoded.base32', byBits(bytes, 5, base32Letters)],
    ['decoded.number', asNumber(bytes, digits)],
    ['decoded.codes', Array.from(bytes, String).join('')],
  ]);
}

/** Letters of the shortest piece: a line of `od` has twice as many. What is longer takes less memory to look for. */
const leastListed = 30;
const leastCoded = 52;
/** The fewer letters there are to choose from, the longer is a piece that is no chance. */
const leastOfBits = 80;

function codedForms(bytes: Buffer, ways: typeof codes, usual: number): Variant[] {
  return ways.map((code) => {
    const text = Array.from(bytes, code).join('');
    const least = /^[01b]+$/.test(text) ? leastOfBits : usual;
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

/** As `od` shows bytes unless told otherwise: two at a time. */
function inOctal(pairs: Buffer): string {
  let text = '';
  for (let at = 0; at < pairs.length; at += 2) text += pairs.readUInt16BE(at).toString(8).padStart(6, '0');
  return text;
}

function utf32(value: string, order: 'little' | 'big'): Buffer {
  const letters = Array.from(value, (letter) => letter.codePointAt(0) as number);
  const bytes = Buffer.alloc(4 * letters.length);
  for (const [at, code] of letters.entries()) {
    if (order === 'little') bytes.writeUInt32LE(code, 4 * at);
    else bytes.writeUInt32BE(code, 4 * at);
  }
  return bytes;
}

function asNumber(bytes: Buffer, letters: string): string {
  const base = BigInt(letters.length);
  let text = '';
  for (let rest = BigInt(`0x0${bytes.toString('hex')}`); rest > 0n; rest /= base)
    text = `${letters[Number(rest % base)]}${text}`;
  return text;
}
