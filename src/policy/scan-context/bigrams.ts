import { bigramTable } from './bigram-table.js';

/** Letters fold to one case: 0-25 letters, 26 a digit, 27 anything else. */
const symbolOf: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61;
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  return byte >= 0x30 && byte <= 0x39 ? 26 : 27;
});

const symbols = 28;

const table = Uint8Array.from(Buffer.from(bigramTable, 'base64'));

/** Whether a value is so much like words that no context makes it a credential: most values are, and cost only this look. */
export function readsAsWords(bytes: Uint8Array, start: number, end: number): boolean {
  const strange = strangeness(bytes, start, Math.min(end, start + 64));
  if (strange >= 62) return strange < 80 && isCamelCase(bytes, start, end);
  let digits = 0;
  for (let i = start; i < end; i += 1) if (symbolOf[bytes[i] as number] === 26) digits += 1;
  return digits === 0 || (digits <= 2 && strange < 56);
}

/** `EndpointResponseJson`: letters only, in words of at least three that begin with a capital. */
function isCamelCase(bytes: Uint8Array, start: number, end: number): boolean {
  let word = 0;
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= 0x61 && byte <= 0x7a) word += 1;
    else if (byte >= 0x41 && byte <= 0x5a && (word >= 3 || i === start)) word = 1;
    else return false;
  }
  return word >= 3;
}

/** {@link strangeness} from which on letters were drawn at random. */
export const drawn = 80;

/**
 * How little the bytes look like words: mean cost of their letter pairs, in sixteenths of a bit,
 * under a model of identifiers and English. Words come to about 60, random letters to 90 and more.
 */
export function strangeness(bytes: Uint8Array, start: number, end: number): number {
  let cost = 0;
  let before = 27;
  for (let i = start; i < end; i += 1) {
    const symbol = symbolOf[bytes[i] as number] as number;
    cost += table[before * symbols + symbol] as number;
    before = symbol;
  }
  return cost / (end - start);
}
