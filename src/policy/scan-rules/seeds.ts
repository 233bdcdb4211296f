import { alphabets, runEnd } from '../scan/alphabet.js';

/** A seed of a key pair in base 32 (RFC 4648, 6), with its checksum: nothing else is one by chance. */
interface Seed {
  readonly id: string;
  readonly length: number;
  /** First bytes of the decoded seed, one of them. */
  readonly versions: readonly number[];
}

const seeds: readonly Seed[] = [
  // Stellar, 'Strkey': a byte for the kind, 32 bytes, and their checksum.
  { id: 'stellar-secret-seed', length: 56, versions: [18 << 3] },
  // NATS, nkeys: five bits for a seed, five for the kind of key, 32 bytes, and their checksum.
  {
    id: 'nats-seed',
    length: 58,
    versions: [18 << 3, (18 << 3) | 1, (18 << 3) | 2, (18 << 3) | 3, (18 << 3) | 4, (18 << 3) | 5],
  },
];

/** What the run `[start, end)` is a seed of; costs a look at its length for nearly all runs. */
export function seedIn(bytes: Uint8Array, start: number, end: number): string | null {
  // `S`, as the base 32 of both versions begins.
  if (bytes[start] !== 0x53) return null;
  const seed = seeds.find(({ length }) => length === end - start);
  if (!seed || runEnd(bytes, start, end, alphabets.base32) !== end) return null;
  const decoded = fromBase32(bytes, start, end);
  if (!seed.versions.includes(decoded[0] as number)) return null;
  return isChecked(decoded) ? seed.id : null;
}

function fromBase32(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const decoded = new Uint8Array(((end - start) * 5) >> 3);
  let [bits, value, at] = [0, 0, 0];
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    value = ((value << 5) | (byte >= 0x41 ? byte - 0x41 : byte - 0x32 + 26)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    decoded[at] = (value >> bits) & 0xff;
    at += 1;
  }
  return decoded;
}

/** The last two bytes are the CRC-16 (XMODEM) of those before them, the low one first. */
function isChecked(decoded: Uint8Array): boolean {
  let value = 0;
  for (const byte of decoded.subarray(0, -2)) {
    value ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      value = (value & 0x8000 ? (value << 1) ^ 0x1021 : value << 1) & 0xffff;
  }
  return value === ((decoded.at(-2) as number) | ((decoded.at(-1) as number) << 8));
}
