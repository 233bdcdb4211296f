/**
 * Fills a table with an entry for every two bytes: the first in the low half of the index, as a little-endian read of 16
 * bits gives them. In a plain loop, for every program that scans makes some at its start: `from` takes ten times as long.
 */
export function pairTable<Table extends Uint8Array | Uint16Array | Uint32Array>(
  table: Table,
  entryOf: (first: number, second: number) => number,
): Table {
  for (let second = 0; second < 256; second += 1)
    for (let first = 0; first < 256; first += 1) table[first | (second << 8)] = entryOf(first, second);
  return table;
}

/** Entries of such a table. */
export const pairCount = 1 << 16;
