/** Sets of bytes, one bit each in one table, so that a run of any of them is one loop. */
export const alphabets = {
  digit: 1,
  /** 0-9 a-f */
  lowerHex: 2,
  hex: 4,
  lowerAlnum: 8,
  upperAlnum: 16,
  alnum: 32,
  /** alnum _ */
  word: 64,
  /** alnum _ - */
  dashed: 128,
  /** alnum _ - . */
  dotted: 256,
  /** alnum + / = */
  base64: 512,
  /** alnum _ - = + / . ~ : the widest that tokens are written in */
  token: 1024,
  /** A-Z 2-7 */
  base32: 2048,
  /** printable ASCII but space, quotes, angle brackets, backslash, comma and semicolon */
  graphic: 4096,
  upper: 8192,
  lower: 16384,
  /** what a URL writes before `:` in its user part */
  userinfo: 32768,
} as const;

export type AlphabetName = keyof typeof alphabets;

const members: Record<AlphabetName, RegExp> = {
  digit: /[0-9]/,
  lowerHex: /[0-9a-f]/,
  hex: /[0-9a-fA-F]/,
  lowerAlnum: /[0-9a-z]/,
  upperAlnum: /[0-9A-Z]/,
  alnum: /[0-9A-Za-z]/,
  word: /[0-9A-Za-z_]/,
  dashed: /[0-9A-Za-z_-]/,
  dotted: /[0-9A-Za-z_.-]/,
  base64: /[0-9A-Za-z+/=]/,
  token: /[0-9A-Za-z_+/=.~-]/,
  base32: /[A-Z2-7]/,
  graphic: /[!#$%&()*+\-./0-9:=?@A-Z[\]^_a-z{|}~]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  userinfo: /[0-9A-Za-z_.%+-]/,
};

/** Bit set of the alphabets that a byte belongs to. */
export const memberships: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (const name of Object.keys(members) as AlphabetName[])
    if (byte < 0x80 && members[name].test(String.fromCharCode(byte))) bits |= alphabets[name];
  return bits;
});

/** The first offset at or after `from` (and not beyond `limit`) whose byte is not in the alphabet. */
export function runEnd(bytes: Uint8Array, from: number, limit: number, alphabet: number): number {
  const end = Math.min(limit, bytes.length);
  let at = from;
  while (at < end && (memberships[bytes[at] as number] as number) & alphabet) at += 1;
  return at;
}

/** The first offset of the run of the alphabet that `from` stands in or after, looking back to `limit`. */
export function runStart(bytes: Uint8Array, from: number, limit: number, alphabet: number): number {
  const start = Math.max(limit, 0);
  let at = from;
  while (at > start && (memberships[bytes[at - 1] as number] as number) & alphabet) at -= 1;
  return at;
}

/** The unit in which the counts below are held: whole numbers, so that their sums are exact. */
const perBit = 2 ** 24;
const weightOf = (count: number): number => (count === 0 ? 0 : Math.round(count * Math.log2(count) * perBit));
/** What one more of the same byte adds to the sum of count times logarithm of count, by how many there are. */
const addedBy = Float64Array.from({ length: 1024 }, (_, count) => weightOf(count + 1) - weightOf(count));

const logarithms = Float64Array.from({ length: 512 }, (_, count) => Math.log2(count));
const logarithmOf = (count: number): number =>
  count < logarithms.length ? (logarithms[count] as number) : Math.log2(count);

/** Bits a byte of the bytes' own distribution. */
export function entropy(bytes: Uint8Array, start: number, end: number): { bits: number } {
  let weight = 0;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    const count = counts[byte] as number;
    weight += count < addedBy.length ? (addedBy[count] as number) : weightOf(count + 1) - weightOf(count);
    counts[byte] = count + 1;
  }
  if (end - start < counts.length >> 2) for (let i = start; i < end; i += 1) counts[bytes[i] as number] = 0;
  else counts.fill(0);
  const total = end - start;
  const bits = total === 0 ? 0 : logarithmOf(total) - weight / (total * perBit);
  // Rounded, so that what is a whole number of bits is one.
  return { bits: Math.round(bits * 2 ** 18) / 2 ** 18 };
}

/** All zero between calls. */
const counts = new Uint32Array(256);
