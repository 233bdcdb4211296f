const lowNibble = i8x16.splat(15);
const aLower = i8x16.splat(0x61);
const zero = i8x16.splat(0x30);
const caseBit = i8x16.splat(0x20);
const letters = i8x16.splat(26);
const digits = i8x16.splat(10);

/** Sixteen bytes with the letters among them in lower case, and others changed in the same bit. */
export function lowered(bytes: v128): v128 {
  return v128.or(bytes, caseBit);
}

/** All bits of those that are letters, by what {@link lowered} makes of them. */
export function areLetters(lower: v128): v128 {
  return i8x16.lt_u(i8x16.sub(lower, aLower), letters);
}

/** All bits of those that are digits. */
export function areDigits(bytes: v128): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, zero), digits);
}

/** By the nibbles of each of sixteen bytes, which of eight sets it may be in; of each table sixteen entries. */
export function setsOf(bytes: v128, lows: v128, highs: v128): v128 {
  return v128.and(
    i8x16.swizzle(lows, v128.and(bytes, lowNibble)),
    i8x16.swizzle(highs, i8x16.shr_u(bytes, 4)),
  );
}

/** A bit for each of sixteen bytes that isn't zero. */
export function bitsOf(bytes: v128): i32 {
  return ~i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0))) & 0xffff;
}
