/** The forms in which a value may stand in a text without a view having to undo them. */
export interface Variant {
  readonly encoding: string;
  /** Letters and digits only, in lower case: as {@link compact} leaves a text. */
  readonly bytes: Buffer;
  /** Letters and digits of a piece that is no chance, where they are not twenty. */
  readonly least?: number;
}

const lowerOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a)) return byte;
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : 0;
});

/**
 * Leaves out all but letters and digits and lowers the case, so that a value is found whatever separates its
 * characters and whatever was done to their case.
 *
 * @param into at least as long
 * @returns how many bytes were written
 */
function compact(bytes: Uint8Array, into: Uint8Array): number {
  let length = 0;
  for (const byte of bytes) {
    const lower = lowerOf[byte] as number;
    if (lower === 0) continue;
    into[length] = lower;
    length += 1;
  }
  return length;
}

/** The same memory, to be read in more than one byte at a time. */
export const wide = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Where a walk over the text stands: the byte after `at` bytes, of which `seen` were letters or digits. */
export interface Place {
  at: number;
  seen: number;
}

/** Goes on to the offset after the `count`-th letter or digit; calls for one place come in ascending order. */
export function expand(bytes: Uint8Array, place: Place, count: number): number {
  while (place.seen < count) {
    if (lowerOf[bytes[place.at] as number]) place.seen += 1;
    place.at += 1;
  }
  return place.at;
}

/** The offset before `at` from which on there are `count` letters or digits. */
export function retract(bytes: Uint8Array, at: number, count: number): number {
  let first = at;
  for (let seen = 0; seen < count; ) {
    first -= 1;
    if (lowerOf[bytes[first] as number]) seen += 1;
  }
  return first;
}

export function compacted(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  // From Node's pool: of many values there are tens of thousands.
  const into = Buffer.allocUnsafe(bytes.length);
  return into.subarray(0, compact(bytes, into));
}

export const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

export const reversed = (text: string): string => Array.from(text).reverse().join('');

/** Base64 as it stands in the middle of a longer one: only what the value alone decides. */
function base64At(value: Buffer, alignment: number): string {
  const padded = Buffer.concat([Buffer.alloc(alignment), value])
    .toString('base64')
    .replace(/=+$/, '');
  const skip = alignment === 0 ? 0 : alignment + 1;
  const bits = (alignment + value.length) * 8;
  return padded.slice(skip, Math.floor(bits / 6));
}

/** RFC 4648, 6. */
export const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Bytes in digits of so many bits, without what fills up the last one.
 * @param before bytes that stand before it; only what the value alone decides is written
 */
export function byBits(value: Buffer, bits: number, letters: string, before = 0): string {
  const mask = (1 << bits) - 1;
  let out = '';
  let held = 0;
  // The digit that the last of those bytes is in has some bits of the first of these.
  let count = before === 0 ? 0 : ((before * 8 - 1) % bits) + 1 - bits;
  for (const byte of value) {
    held = (held << 8) | byte;
    count += 8;
    while (count >= bits) {
      count -= bits;
      out += letters[(held >>> count) & mask];
    }
    held &= (1 << count) - 1;
  }
  return out;
}

/** Every form of one value: itself, mirrored, shifted, and each of these in base64, base32 and hexadecimal. */
export function variantsOf(value: string): readonly Variant[] {
  const forms: [string, string][] = [
    ['text', value],
    ['reversed', reversed(value)],
    ['rot13', rot13(value)],
  ];
  const variants: [string, string][] = [...forms];
  for (const [name, form] of forms) {
    const bytes = Buffer.from(form, 'utf8');
    for (const alignment of [0, 1, 2]) {
      const once = base64At(bytes, alignment);
      variants.push([prefixed(name, 'base64'), once], [prefixed(name, 'base64.reversed'), reversed(once)]);
      if (name === 'text')
        for (const outer of [0, 1, 2]) variants.push(['base64.base64', base64At(Buffer.from(once), outer)]);
    }
    variants.push(
      [prefixed(name, 'hex'), bytes.toString('hex')],
      [prefixed(name, 'base32'), byBits(bytes, 5, base32Letters)],
    );
  }
  const utf16 = Buffer.from(value, 'utf16le');
  variants.push(['base64.utf16', utf16.toString('base64')], ['hex.utf16', utf16.toString('hex')]);
  return variants.map(([encoding, text]) => ({ encoding, bytes: compacted(text) }));
}

const prefixed = (form: string, encoding: string): string =>
  form === 'text' ? encoding : `${encoding}.${form}`;
