import { areDigits, areLetters, lowered } from './classes';

/** Bytes of the shortest stretch that a look takes in. */
const reach: i32 = 11;

const underscore = i8x16.splat(0x5f);
const hyphen = i8x16.splat(0x2d);

/** A bit for each of the bytes from `at` on that is the same as the one `distance` behind it. */
function repeats(bytes: v128, at: usize, distance: i32): i32 {
  return i8x16.bitmask(i8x16.eq(bytes, v128.load(at + distance)));
}

/**
 * Looks at every `step`-th place of `text[0..length)` for characters with separators between them: a letter, digit, `_`
 * or `-` and something else than a letter or digit that follow each other, and one byte that comes again two and four,
 * three and six, or four and eight bytes on.
 *
 * @param out the offsets at which it is so, 32 bits each
 * @returns how many there are
 */
export function findProbes(text: usize, length: i32, step: i32, out: usize): i32 {
  v128.store(text + length, i8x16.splat(0));
  let place = out;
  const last = text + length - reach;
  for (let at = text; <i32>at <= <i32>last; at += step) {
    const bytes = v128.load(at);
    const alnum = v128.or(areLetters(lowered(bytes)), areDigits(bytes));
    const joins = v128.or(i8x16.eq(bytes, underscore), i8x16.eq(bytes, hyphen));
    const begins = i8x16.bitmask(v128.or(alnum, joins)) & (~i8x16.bitmask(alnum) >> 1) & 0b111;
    const two = repeats(bytes, at, 2);
    const three = repeats(bytes, at, 3);
    const four = repeats(bytes, at, 4);
    const comesAgain =
      (two & (two >> 2) & 0b11) | (three & (three >> 3) & 0b111) | (four & (four >> 4) & 0b1110);
    if (begins === 0 || comesAgain === 0) continue;
    store<u32>(place, <u32>(at - text));
    place += 4;
  }
  return <i32>(place - out) >> 2;
}
