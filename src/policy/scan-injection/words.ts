/** Words of a text: what each is, how it is written, where it stands. Arrays run in step. */
export interface Words {
  readonly count: number;
  /** Hash of the word's stem. */
  readonly hashes: Int32Array;
  /** Bits of {@link look}. */
  readonly looks: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** How a word is written, one bit each. */
export const look = {
  /** All of two or more letters are capitals. */
  loud: 1,
  /** It begins a sentence, a line or a quotation. */
  first: 2,
  /** An opening bracket or `#` stands before it. */
  bracketed: 4,
  /** A colon stands behind it. */
  labels: 8,
  /** An `@` stands behind it: the name of an address. */
  addressee: 16,
  /** `://` stands behind it. */
  scheme: 32,
  /** A dot or a tilde and a slash stand before it: a file that is hidden, or one at home. */
  dotted: 64,
} as const;

const separator = 0;
const digit = 0x30;

/** For each byte: its letter in lower case; the digit nought for all digits; 0 between words. */
const letterOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x61 && byte <= 0x7a) return byte;
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  if (byte >= 0x30 && byte <= 0x39) return digit;
  // Other scripts: every byte is a letter of its own. What begins with 0xe2 is punctuation and symbols.
  return byte >= 0x80 && byte !== 0xe2 ? byte : separator;
});

/** Between words: what makes the next one the first of a sentence, and what brackets it. */
const firstAfter = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ('.!?:;\n"*`>'.includes(String.fromCharCode(byte))) return look.first;
  return '<[#{(@'.includes(String.fromCharCode(byte)) ? look.bracketed | look.first : 0;
});

const apostrophe = 0x27;
const letterS = 0x73;
const seed = 0x811c9dc5;
const prime = 0x01000193;

/** Hash of the stem of a word, as {@link readWords} makes it; 32 bits, with a sign. */
export function hashOf(word: string): number {
  return readWords(Buffer.from(word)).hashes[0] as number;
}

/** Hash of the word that was read last, by its stem: without the `s` of a plural or of the third person. */
let stem = 0;

/** Answers where a word ends. */
function readWord(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  let at = start;
  let hash = seed;
  let withoutLast = seed;
  let hashed = separator;
  let last = separator;
  let beforeLast = separator;
  for (; at < length; at += 1) {
    const byte = bytes[at] as number;
    const letter = letterOf[byte] as number;
    if (letter === separator && !(byte === apostrophe && isLetter(bytes, at + 1))) break;
    withoutLast = hash;
    beforeLast = last;
    last = letter;
    // Numbers are alike whatever their length.
    if (letter === separator || (letter === digit && hashed === digit)) continue;
    hashed = letter;
    hash = Math.imul(hash ^ letter, prime);
  }
  stem = at - start >= 4 && last === letterS && beforeLast !== letterS ? withoutLast : hash;
  return at;
}

const isLetter = (bytes: Uint8Array, at: number): boolean =>
  at < bytes.length && letterOf[bytes[at] as number] !== separator;

/** Room for the words of a text. */
function roomFor(most: number): Omit<Words, 'count'> {
  return {
    hashes: new Int32Array(most),
    looks: new Uint8Array(most),
    starts: new Uint32Array(most),
    ends: new Uint32Array(most),
  };
}

const scratchWords = 8192;
/** Of the text that was read last, unless it was long: arrays for each would cost more than the words of a short one. */
const scratch = roomFor(scratchWords);

/**
 * Reads words as a reader sees them: an escape (`\n`, `\u2028`) or a character reference (`&quot;`) parts words; apostrophes,
 * invisible characters and the values of numbers don't count. The arrays are good until the next text is read.
 */
export function readWords(bytes: Uint8Array): Words {
  const most = (bytes.length >> 1) + 1;
  const { hashes, looks, starts, ends } = most <= scratchWords ? scratch : roomFor(most);
  let count = 0;
  let before: number = look.first;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    if (letterOf[byte] === separator) {
      before |= firstAfter[byte] as number;
      if (byte === 0x2e || byte === 0x7e) before |= dots(bytes, at);
      at +=
        byte === 0x5c
          ? escapeLength(bytes, at)
          : byte === 0x26
            ? referenceLength(bytes, at)
            : byte === 0xe2
              ? 3
              : 1;
      continue;
    }
    const start = at;
    at = readWord(bytes, at);
    hashes[count] = stem;
    looks[count] = before | loudness(bytes, start, at) | behind(bytes, at);
    starts[count] = start;
    ends[count] = at;
    count += 1;
    before = 0;
  }
  return { count, hashes, looks, starts, ends };
}

function loudness(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2 || (bytes[start] as number) > 0x5a) return 0;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte < 0x41 || byte > 0x5a) return 0;
  }
  return look.loud;
}

function behind(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === 0x40) return look.addressee;
  if (byte !== 0x3a) return 0;
  return bytes[at + 1] === 0x2f && bytes[at + 2] === 0x2f ? look.scheme : look.labels;
}

/** A dot with no word before it, or a tilde, right before a word or a slash. */
function dots(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x7e) return bytes[at + 1] === 0x2f ? look.dotted : 0;
  return letterOf[bytes[at + 1] as number] && !letterOf[bytes[at - 1] as number] && bytes[at - 1] !== 0x2e
    ? look.dotted
    : 0;
}

/** Length of a backslash escape: the letter after it belongs to no word. */
function escapeLength(bytes: Uint8Array, at: number): number {
  return bytes[at + 1] === 0x75 ? 6 : 2;
}

const longestReference = 9;

function referenceLength(bytes: Uint8Array, at: number): number {
  for (let i = at + 2; i < at + longestReference; i += 1) if (bytes[i] === 0x3b) return i + 1 - at;
  return 1;
}
