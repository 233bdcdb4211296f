/**
 * Every place of one byte, not zero, in `text[0..length)`.
 * @param out their offsets, 32 bits each
 * @returns how many there are
 */
export function findByte(text: usize, length: i32, byte: i32, out: usize): i32 {
  v128.store(text + length, i8x16.splat(0));
  const wanted = i8x16.splat(<i8>byte);
  let place = out;
  const end = text + length;
  for (let at = text; at < end; at += 16) {
    let places = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    while (places) {
      store<u32>(place, <u32>(at + ctz(places) - text));
      places &= places - 1;
      place += 4;
    }
  }
  return <i32>(place - out) >> 2;
}
