/** Bytes before a keyword and behind it that a first look takes in. */
const reach: usize = 16;
/** Bits of a byte's class: it is of a name with hyphens, it is a letter or digit, a value goes on in a field behind it. */
const inName: u32 = 1 << 16;
const isAlnum: u32 = 1 << 17;
const partsFields: u32 = 1 << 18;
/** Bits of a look: what must stand there stands before the keyword; it may go on in another field; it may be refused. */
const backwards: u32 = 1;
const mayGoOn: u32 = 2;
const mayBeRefused: u32 = 4;
/** Bytes of a look, as a power of two. */
const lookBits: u32 = 4;

/**
 * The keywords that end at the hits of `findHits`, in four lanes, without those that can be nothing as they stand: whatever
 * looks closer would turn them down. Near the ends of the text none is left out.
 *
 * @param seen offsets before this one were answered with the block before
 * @param tables four offsets: where the keywords begin that end at a state, by its number; their ids; the looks by id; the
 *   classes of bytes, 32 bits each
 * @param out the id of each, and in the low half the offset of its last byte, 32 bits together
 * @returns how many there are; how many were looked at is written behind the lanes' counts
 */
export function lookFirst(
  text: usize,
  length: i32,
  seen: i32,
  ended: u32,
  hits: usize,
  room: i32,
  counts: usize,
  tables: usize,
  out: usize,
): i32 {
  const endingFrom: usize = load<u32>(tables, 0);
  const ending: usize = load<u32>(tables, 4);
  const looks: usize = load<u32>(tables, 8);
  const classes: usize = load<u32>(tables, 12);
  let place = out;
  let tried: u32 = 0;
  for (let lane = 0; lane < 4; lane += 1) {
    const first = hits + lane * room;
    const last = first + (load<u32>(counts + (lane << 2)) << 2);
    for (let at = first; at < last; at += 4) {
      const hit = load<u32>(at);
      const offset = hit & 0xffff;
      if (<i32>offset < seen) continue;
      const entry = endingFrom + (((hit >>> 16) - ended) << 2);
      const to = load<u32>(entry, 4);
      for (let i = load<u32>(entry, 0); i < to; i += 1) {
        tried += 1;
        const id: u32 = load<u16>(ending + (i << 1));
        const end = text + offset + 1;
        if (!isPromising(text, text + length, end, looks + (id << lookBits), classes)) continue;
        store<u32>(place, (id << 16) | offset);
        place += 4;
      }
    }
  }
  store<u32>(counts, tried, 16);
  return <i32>(place - out) >> 2;
}

function isPromising(text: usize, last: usize, end: usize, look: usize, classes: usize): bool {
  const start = end - load<u8>(look, 12);
  if (start < text + reach || end + reach > last) return true;
  const exact: usize = load<u32>(look, 0);
  if (exact && !isSame(start, end, exact)) return false;
  const before = classOf(start - 1, classes);
  if (before & load<u16>(look, 8) && !mayBeEscape(start)) return false;
  const least: u32 = load<u8>(look, 13);
  if (least === 0) return true;
  const members: u32 = load<u16>(look, 10);
  const how: u32 = load<u8>(look, 14);
  let count: u32 = 0;
  if (how & backwards) {
    while (count < least && classOf(start - 1 - count, classes) & members) count += 1;
    return count === least;
  }
  while (count < least && classOf(end + count, classes) & members) count += 1;
  if (count === least) return true;
  if (how & mayGoOn && count > 0 && classOf(end + count, classes) & partsFields) return true;
  return (how & mayBeRefused) !== 0 && (before & inName) === 0 && (classOf(end, classes) & isAlnum) !== 0;
}

function isSame(start: usize, end: usize, keyword: usize): bool {
  let other = keyword;
  for (let at = start; at < end; at += 1) {
    if (load<u8>(at) !== load<u8>(other)) return false;
    other += 1;
  }
  return true;
}

/** A backslash or percent sign where an escape would begin whose last byte stands before `start`. */
function mayBeEscape(start: usize): bool {
  return load<u8>(start - 2) === 0x5c || load<u8>(start - 3) === 0x25;
}

function classOf(at: usize, classes: usize): u32 {
  return load<u32>(classes + ((<usize>load<u8>(at)) << 2));
}
