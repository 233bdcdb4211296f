import { areDigits, areLetters, lowered } from './classes';

/**
 * Writes the letters and digits of `text[0..length)`, in lower case, and up to sixteen bytes of anything behind them.
 * @param orders for each of the 256 sets of places among eight, eight bytes: these places in their order
 * @returns how many there are
 */
export function compact(text: usize, length: i32, orders: usize, into: usize): i32 {
  v128.store(text + length, i8x16.splat(0));
  let out = into;
  const end = text + length;
  for (let at = text; at < end; at += 16) {
    const bytes = v128.load(at);
    const low = lowered(bytes);
    const isLetter = areLetters(low);
    const lower = v128.bitselect(low, bytes, isLetter);
    const places = i8x16.bitmask(v128.or(isLetter, areDigits(bytes))) & 0xffff;
    const first = places & 0xff;
    const second = places >>> 8;
    v128.store64_lane(out, i8x16.swizzle(lower, v128.load64_zero(orders + ((<usize>first) << 3))), 0);
    out += popcnt(first);
    const upper = i8x16.shuffle(lower, lower, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    v128.store64_lane(out, i8x16.swizzle(upper, v128.load64_zero(orders + ((<usize>second) << 3))), 0);
    out += popcnt(second);
  }
  return <i32>(out - into);
}
