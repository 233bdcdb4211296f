/** Bits of a row of the table in bytes: 64 entries of two. */
const rowBits: u32 = 7;
const lanes: i32 = 4;
/** From so many bytes on, lanes save more than they look at twice. */
const leastInLanes: i32 = 128;

/**
 * The states of an Aho-Corasick automaton at which a keyword ends, over `text[0..length)`.
 *
 * Each step waits for the one before it to be read from the table, so four parts of the text are walked side by side,
 * which takes hardly longer than one. Each but the first begins `overlap` bytes before the last one's end, from the
 * root: a keyword that ends behind these began within them.
 *
 * @param overlap bytes of the longest keyword, less one
 * @param columns by byte: the offset of its entry in a row
 * @param rows of each state, the next one by each entry
 * @param ended a bit that the states have at which a keyword ends
 * @param hits for each lane `room` bytes: its hits, ascending, each 32 bits: the state, and in the low half the offset of
 *   the byte that it was reached by
 * @param counts where four numbers of 32 bits are written: hits of each lane
 */
export function findHits(
  text: usize,
  length: i32,
  overlap: i32,
  columns: usize,
  rows: usize,
  ended: u32,
  hits: usize,
  room: i32,
  counts: usize,
): void {
  let out0 = hits;
  let out1 = hits + room;
  let out2 = hits + 2 * room;
  let out3 = hits + 3 * room;
  let last = text;
  let state: u32 = 0;
  let from3 = text;
  if (length >= max(leastInLanes, overlap)) {
    const part = (length + (lanes - 1) * overlap) >> 2;
    let at0 = text;
    let at1 = at0 + part - overlap;
    let at2 = at1 + part - overlap;
    let at3 = at2 + part - overlap;
    const end = at0 + part;
    const from1 = at1 + overlap;
    const from2 = at2 + overlap;
    from3 = at3 + overlap;
    let state0: u32 = 0;
    let state1: u32 = 0;
    let state2: u32 = 0;
    while (at0 < end) {
      state0 = next(state0, at0, columns, rows);
      state1 = next(state1, at1, columns, rows);
      state2 = next(state2, at2, columns, rows);
      state = next(state, at3, columns, rows);
      if ((state0 | state1 | state2 | state) & ended) {
        if (state0 & ended) out0 = note(out0, state0, at0 - text);
        if (state1 & ended && at1 >= from1) out1 = note(out1, state1, at1 - text);
        if (state2 & ended && at2 >= from2) out2 = note(out2, state2, at2 - text);
        if (state & ended && at3 >= from3) out3 = note(out3, state, at3 - text);
      }
      at0 += 1;
      at1 += 1;
      at2 += 1;
      at3 += 1;
    }
    last = at3;
  }
  const end = text + length;
  while (last < end) {
    state = next(state, last, columns, rows);
    if (state & ended && last >= from3) out3 = note(out3, state, last - text);
    last += 1;
  }
  store<u32>(counts, <u32>(out0 - hits) >> 2, 0);
  store<u32>(counts, <u32>(out1 - hits - room) >> 2, 4);
  store<u32>(counts, <u32>(out2 - hits - 2 * room) >> 2, 8);
  store<u32>(counts, <u32>(out3 - hits - 3 * room) >> 2, 12);
}

function next(state: u32, at: usize, columns: usize, rows: usize): u32 {
  return load<u16>(rows + ((state << rowBits) | load<u8>(columns + load<u8>(at))));
}

function note(out: usize, state: u32, offset: usize): usize {
  store<u32>(out, (state << 16) | <u32>offset);
  return out + 4;
}
