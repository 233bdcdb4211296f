import { alphabets, memberships } from './alphabet.js';
import type { Automaton } from './automaton.js';
import type { Kernel } from './kernel.js';

/** What can be said of a keyword at once where it stands: where it is nothing for certain, nobody looks closer. */
export interface FirstLook {
  readonly length: number;
  /** How it must be written; in any case where it isn't said. */
  readonly exact?: Uint8Array;
  /** A byte of these before it, unless an escape may end there: it is nothing. */
  readonly notBehind?: number;
  /** So many bytes of an alphabet must follow it, or stand before it. */
  readonly run?: {
    readonly members: number;
    readonly least: number;
    readonly backwards?: boolean;
    /** Or fewer of them, and then the end of a field: a value may go on in the next. */
    readonly mayGoOn?: boolean;
    /** Or one letter or digit, where no name goes on in the keyword: that it is nothing is a sign by itself. */
    readonly mayBeRefused?: boolean;
  };
}

/** Bytes around a keyword that the kernel looks at (src/kernel/first-look.ts). */
const reach = 16;
const lookBytes = 16;

/** What the kernel knows of a byte: its alphabets, and three bits of what it may be beside a keyword. */
const classes = Uint32Array.from(memberships, (bits, byte) => {
  const name = bits & alphabets.dashed ? 1 << 16 : 0;
  const alnum = bits & alphabets.alnum ? 1 << 17 : 0;
  return bits | name | alnum | (partsFields(byte) ? 1 << 18 : 0);
});

/** `"`, `'`, `&`, `;` or a backslash: the value may go on in the next field. */
export function partsFields(byte: number | undefined): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x26 || byte === 0x3b || byte === 0x5c;
}

const bytesOf = (table: Uint32Array | Uint16Array): Uint8Array =>
  new Uint8Array(table.buffer, table.byteOffset, table.byteLength);

/** Puts the looks where the kernel reads them; answers where its four tables are told. */
export function keepLooks(
  kernel: Kernel,
  { endingFrom, ending }: Automaton,
  looks: readonly FirstLook[],
): number {
  let exactAt = kernel.keep(Buffer.concat(looks.map(({ exact }) => exact ?? nothing)));
  const records = Buffer.alloc(looks.length * lookBytes);
  looks.forEach(({ length, exact, notBehind, run }, id) => {
    const at = id * lookBytes;
    records.writeUInt32LE(exact ? exactAt : 0, at);
    records.writeUInt16LE(notBehind ?? 0, at + 8);
    records.writeUInt16LE(run?.members ?? 0, at + 10);
    records.writeUInt8(length, at + 12);
    records.writeUInt8(Math.min(run?.least ?? 0, reach), at + 13);
    records.writeUInt8(
      (run?.backwards ? 1 : 0) | (run?.mayGoOn ? 2 : 0) | (run?.mayBeRefused ? 4 : 0),
      at + 14,
    );
    exactAt += exact?.length ?? 0;
  });
  const tables = [bytesOf(endingFrom), bytesOf(ending), records, bytesOf(classes)];
  return kernel.keep(bytesOf(Uint32Array.from(tables, (table) => kernel.keep(table))));
}

const nothing = new Uint8Array(0);

/** Bytes that {@link keepLooks} takes up at most. */
export const roomForLooks = ({ endingFrom, ending }: Automaton, looks: readonly FirstLook[]): number =>
  looks.reduce((sum, { exact }) => sum + lookBytes + (exact?.length ?? 0), 0) +
  endingFrom.byteLength +
  ending.byteLength +
  (1 << 12);
