import { kernelModule } from './kernel.generated.js';

/** What `src/kernel` exports; its comments say what each does. Texts, tables and answers are offsets in its memory. */
interface KernelCalls {
  compact(text: number, length: number, orders: number, into: number): number;
  findByte(text: number, length: number, byte: number, out: number): number;
  findHits(
    text: number,
    length: number,
    overlap: number,
    columns: number,
    rows: number,
    ended: number,
    hits: number,
    room: number,
    counts: number,
  ): void;
  findProbes(text: number, length: number, step: number, out: number): number;
  findRuns(text: number, length: number, least: number, members: number, out: number): number;
  findSets(text: number, length: number, sets: number): number;
  findSigns(
    text: number,
    length: number,
    firsts: number,
    seconds: number,
    pairs: number,
    out: number,
  ): number;
  lookFirst(
    text: number,
    length: number,
    seen: number,
    ended: number,
    hits: number,
    room: number,
    counts: number,
    tables: number,
    out: number,
  ): number;
}

/** The loops that look at every byte, over a memory of their own that never grows. */
export interface Kernel {
  readonly calls: KernelCalls;
  readonly memory: Buffer;
  /** A part of the memory for one use. @throws RangeError when it is used up. */
  reserve(bytes: number): number;
  /** A part that holds a table. */
  keep(table: Uint8Array): number;
}

const pageBytes = 1 << 16;
/** Parts begin where a line of a core's cache does. */
const alignment = 64;
const compiled = new WebAssembly.Module(Buffer.from(kernelModule, 'base64'));

export function openKernel(bytes: number): Kernel {
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const bytesOf = Buffer.from(memory.buffer);
  let used = 0;
  function reserve(wanted: number): number {
    const at = used;
    used += Math.ceil(wanted / alignment) * alignment;
    if (used > bytesOf.length) throw new RangeError(`no room for ${wanted} bytes in the kernel`);
    return at;
  }
  return {
    calls: exports as unknown as KernelCalls,
    memory: bytesOf,
    reserve,
    keep(table) {
      const at = reserve(table.length);
      bytesOf.set(table, at);
      return at;
    },
  };
}

/** Bytes behind a text in the memory that a call may read, and set to zero. */
export const textSlack = 32;

/**
 * Up to eight sets of bytes, told by the two halves of a byte: 16 entries for the low one, then 16 for the high, with a bit
 * for each set. A byte in a set has its bit in both; so has what shares one half with a member and the other with another.
 */
export function nibbleSets(sets: readonly Iterable<number>[]): Uint8Array {
  const table = new Uint8Array(32);
  sets.forEach((members, bit) => {
    for (const byte of members) {
      table[byte & 15] = (table[byte & 15] as number) | (1 << bit);
      table[16 + (byte >>> 4)] = (table[16 + (byte >>> 4)] as number) | (1 << bit);
    }
  });
  return table;
}

/** A set of bytes of ASCII, told exactly: by the low half of a byte, a bit for each high one with which it is a member. */
export function asciiSet(isMember: (byte: number) => boolean): Uint8Array {
  const table = new Uint8Array(16);
  for (let byte = 0; byte < 0x80; byte += 1)
    if (isMember(byte)) table[byte & 15] = (table[byte & 15] as number) | (1 << (byte >>> 4));
  return table;
}
