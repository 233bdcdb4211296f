import { bitsOf, setsOf } from './classes';

/**
 * The places in `text[0..length)` at which two bytes stand that tell something.
 * @param firsts by the nibbles of a byte, 16 entries for the low one and 16 for the high: eight sets in which a first may
 *   be, and `seconds` what may follow a byte of each: what they let through that is nothing, `pairs` tells apart
 * @param pairs by two bytes, the first in the low half: their kind in the low three bits, 0 for none. Of two zeros none.
 * @param out 32 bits for each: the offset from bit 3 on, and the kind
 * @returns how many there are
 */
export function findSigns(
  text: usize,
  length: i32,
  firsts: usize,
  seconds: usize,
  pairs: usize,
  out: usize,
): i32 {
  v128.store(text + length, i8x16.splat(0));
  v128.store(text + length, i8x16.splat(0), 16);
  const firstLows = v128.load(firsts);
  const firstHighs = v128.load(firsts, 16);
  const secondLows = v128.load(seconds);
  const secondHighs = v128.load(seconds, 16);
  let place = out;
  const end = text + length;
  for (let at = text; at < end; at += 16) {
    const first = setsOf(v128.load(at), firstLows, firstHighs);
    const may = v128.and(first, setsOf(v128.load(at, 1), secondLows, secondHighs));
    if (!v128.any_true(may)) continue;
    let places = bitsOf(may);
    while (places) {
      const pair = at + ctz(places);
      places &= places - 1;
      const kind = <u32>load<u8>(pairs + load<u16>(pair)) & 7;
      if (kind === 0) continue;
      store<u32>(place, ((<u32>(pair - text)) << 3) | kind);
      place += 4;
    }
  }
  return <i32>(place - out) >> 2;
}

/**
 * Which of eight sets have a byte in `text[0..length)`, a bit for each.
 * @param sets as those of {@link findSigns}; none may have a zero byte
 */
export function findSets(text: usize, length: i32, sets: usize): i32 {
  v128.store(text + length, i8x16.splat(0));
  const lows = v128.load(sets);
  const highs = v128.load(sets, 16);
  let seen = i8x16.splat(0);
  const end = text + length;
  for (let at = text; at < end; at += 16) seen = v128.or(seen, setsOf(v128.load(at), lows, highs));
  const folded = i64x2.extract_lane(seen, 0) | i64x2.extract_lane(seen, 1);
  const four = <u32>(folded | (folded >>> 32));
  const two = four | (four >>> 16);
  return (two | (two >>> 8)) & 0xff;
}
