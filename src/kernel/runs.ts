import { bitsOf, setsOf } from './classes';

/**
 * Every maximal run of at least `least` bytes of a set in `text[0..length)`.
 * @param least 24 or more: such a run fills two neighbouring groups of eight
 * @param members by the low nibble of a byte of ASCII, a bit for each high one with which it is in the set: 16 bytes
 * @param out two numbers of 32 bits for each: where it begins, and the offset after it
 * @returns how many there are
 */
export function findRuns(text: usize, length: i32, least: i32, members: usize, out: usize): i32 {
  v128.store(text + length, i8x16.splat(0));
  const lows = v128.load(members);
  const highs = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  let place = out;
  const end = text + length;
  let from = text;
  let before = false;
  for (let at = text; at < end; ) {
    const in16 = bitsOf(setsOf(v128.load(at), lows, highs));
    const first = (in16 & 0xff) === 0xff;
    const second = in16 >= 0xff00;
    if (!(first && (before || second))) {
      before = second;
      at += 16;
      continue;
    }
    let start = at;
    while (start > from && isMember(start - 1, members)) start -= 1;
    let stop = at + 8;
    while (stop < end && isMember(stop, members)) stop += 1;
    if (<i32>(stop - start) >= least) {
      store<u32>(place, <u32>(start - text));
      store<u32>(place, <u32>(stop - text), 4);
      place += 8;
    }
    from = stop;
    before = false;
    at = stop;
  }
  return <i32>(place - out) >> 3;
}

function isMember(at: usize, members: usize): bool {
  const byte = load<u8>(at);
  return byte < 0x80 && ((load<u8>(members + (byte & 15)) >> (byte >> 4)) & 1) === 1;
}
