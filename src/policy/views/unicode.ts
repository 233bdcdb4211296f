import { type Budget, costs, spend } from '../scan/budget.js';
import type { View } from '../scan/view.js';
import { collectAround, collected, newCollector, placesToUndo, put, type Undo } from './collector.js';

/** Letters of other scripts that look like ASCII ones: code point, then the letter. */
const lookAlikes = new Map<number, number>();
for (const [letters, ascii] of [
  ['АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһԛԝ', 'ABESIJKMHOPCTYXaesijopcyxdhqw'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινρτυκ', 'ABEZHIKMNOPTYXaoivptuk'],
  ['ıɡɩℓ‐‑‒–—−＿․', 'igil------_.'],
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnopqrstuvwyz'],
  ['٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'],
  // Those that compatibility decomposition (Unicode, UAX 15) makes ASCII letters, besides whole ranges below. The Kelvin
  // sign is escaped: editors that compose letters make a plain K of it.
  ['ªºſʰʲʳʷʸˡˢˣᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁᵂᵃᵇᵈᵉᵍᵏᵐᵒᵖᵗᵘᵛᵢᵣᵤᵥᶜᶠᶻ', 'aoshjrwylsxABDEGHIJKLMNOPRTUWabdegkmoptuviruvcfz'],
  ['²³¹⁰ⁱ⁴⁵⁶⁷⁸⁹ⁿ₀₁₂₃₄₅₆₇₈₉ₐₑₒₓₕₖₗₘₙₚₛₜ', '2310i456789n0123456789aeoxhklmnpst'],
  ['ℂℊℋℌℍℎℐℑℒℕℙℚℛℜℝℤℨ\u212aℬℭℯℰℱℳℴℹⅅⅆⅇⅈⅉ', 'CgHHHhIILNPQRRRZZKBCeEFMoiDdeij'],
  ['ⅠⅤⅩⅬⅭⅮⅯⅰⅴⅹⅼⅽⅾⅿ①②③④⑤⑥⑦⑧⑨⓪ⱼⱽ﹍﹎﹏', 'IVXLCDMivxlcdm1234567890jV___'],
] as const) {
  Array.from(letters).forEach((letter, i) => {
    lookAlikes.set(letter.codePointAt(0) ?? 0, ascii.charCodeAt(i));
  });
}

const dropped = 0;
const kept = -1;
/** Letters that are written as nothing (Hangul fillers, a Braille cell without dots) and Mongolian selectors. */
const blanks = new Set([
  0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180f, 0x2800, 0x3164, 0xffa0,
]);
/** The first of 26 capitals each. */
const enclosed = [0x1f110, 0x1f130, 0x1f150, 0x1f170, 0x1f1e6] as const;
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** The ASCII character that a code point stands for, 0 where it is not seen at all, -1 where it is what it is. */
export function foldCodePoint(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  if (code === 0xad || code === 0x34f || code === 0x61c || code === 0x180e || code === 0xfeff) return dropped;
  if ((code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e)) return dropped;
  if ((code >= 0x2060 && code <= 0x206f) || (code >= 0xfe00 && code <= 0xfe0f)) return dropped;
  // Tag characters: invisible copies of ASCII.
  if (code >= 0xe0020 && code <= 0xe007e) return code - 0xe0000;
  if (code >= 0xe0000 && code <= 0xe007f) return dropped;
  // Variation selectors, with which bytes are written behind an emoji: sixteen is the first of these.
  if (code >= 0xe0100 && code <= 0xe01ef) return isPrintable(code - 0xe00f0) ? code - 0xe00f0 : dropped;
  if (blanks.has(code)) return dropped;
  if (code >= 0x1d400 && code <= 0x1d7ff) return foldMathematical(code);
  if (code >= 0x24b6 && code <= 0x24cf) return code - 0x24b6 + 0x41;
  if (code >= 0x24d0 && code <= 0x24e9) return code - 0x24d0 + 0x61;
  if (code >= 0x249c && code <= 0x24b5) return code - 0x249c + 0x61;
  // In brackets, squares, dark circles, dark squares, and those of flags; the digits of old computers' screens.
  for (const first of enclosed) if (code >= first && code < first + 26) return code - first + 0x41;
  if (code >= 0x1fbf0 && code <= 0x1fbf9) return code - 0x1fbf0 + 0x30;
  return lookAlikes.get(code) ?? kept;
}

/** Bold, italic, script … alphabets of 52 letters each, then digits in tens. */
function foldMathematical(code: number): number {
  if (code >= 0x1d7ce) return 0x30 + ((code - 0x1d7ce) % 10);
  if (code > 0x1d6a3) return kept;
  const letter = (code - 0x1d400) % 52;
  return letter < 26 ? 0x41 + letter : 0x61 + letter - 26;
}

/** All that {@link foldCodePoint} changes lies in these ranges; the rest of Unicode would take a fifth of the sidecar's start. */
const foldedRanges = [
  [0xaa, 0x6f9],
  [0x115f, 0x1160],
  [0x17b4, 0x180f],
  [0x1d00, 0x1dbf],
  [0x2000, 0x24ff],
  [0x2800, 0x2800],
  [0x2c7c, 0x2c7d],
  [0x3164, 0x3164],
  [0xa700, 0xa7ff],
  [0xfe00, 0xffff],
  [0x1d400, 0x1d7ff],
  [0x1f110, 0x1f1ff],
  [0x1fbf0, 0x1fbf9],
  [0xe0000, 0xe01ef],
] as const;

/** {@link foldCodePoint} of all code points up to U+FFFF. */
const folded = new Int16Array(1 << 16).fill(kept);
/** First two bytes of the UTF-8 of all code points that {@link foldCodePoint} changes, the first in the high half. */
export const foldedBeginnings: ReadonlySet<number> = (() => {
  const beginnings = new Set<number>();
  for (const [first, last] of foldedRanges)
    for (let code = first; code <= last; code += 1) {
      const letter = foldCodePoint(code);
      if (letter === kept) continue;
      if (code < folded.length) folded[code] = letter;
      beginnings.add(beginningOf(code));
    }
  return beginnings;
})();

const foldOf = (code: number): number =>
  code < folded.length ? (folded[code] as number) : foldCodePoint(code);

const lengthAt = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1);

/** Code point of the UTF-8 sequence of `length` bytes at `at`; -1 where there is none. */
function decodeAt(bytes: Buffer, at: number, length: number): number {
  if (length === 1 || at + length > bytes.length) return -1;
  let code = (bytes[at] as number) & (0xff >> (length + 1));
  for (let i = 1; i < length; i += 1) {
    const next = bytes[at + i] as number;
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  return code;
}

const undoFold: Undo = (bytes, at, collector) => {
  const length = lengthAt(bytes[at] as number);
  const code = decodeAt(bytes, at, length);
  const letter = code < 0 ? kept : foldOf(code);
  if (letter === kept) return -1;
  if (letter !== dropped) put(collector, letter, at, at + length);
  return at + length;
};

/** RFC 3629, 3. */
function beginningOf(code: number): number {
  const [lead, second] =
    code < 0x800
      ? [0xc0 | (code >> 6), code]
      : code < 0x10000
        ? [0xe0 | (code >> 12), code >> 6]
        : [0xf0 | (code >> 18), code >> 12];
  return (lead << 8) | 0x80 | (second & 0x3f);
}

const folds = (bytes: Buffer, at: number): boolean => {
  const code = decodeAt(bytes, at, lengthAt(bytes[at] as number));
  return code >= 0 && foldOf(code) !== kept;
};

/** Full-width and look-alike letters become ASCII; what is invisible is left out. */
export function foldedViews(view: View, signs: readonly number[], budget: Budget): readonly View[] {
  const marks = placesToUndo(view.bytes, signs, folds, budget);
  return collected(view, 'folded', collectAround(view.bytes, marks, undoFold));
}

/** Text of UTF-16, either byte order: every other byte is zero. */
export function utf16Views(view: View, signs: readonly number[], budget: Budget): readonly View[] {
  const { bytes } = view;
  if (!spend(budget, signs.length * 2 * costs.sign)) return [];
  const collector = newCollector();
  let at = -1;
  for (const sign of signs) {
    if (sign <= at || bytes[sign + 2] !== 0 || bytes[sign + 4] !== 0) continue;
    at = sign;
    if (at > 0 && bytes[at - 1] !== 0) put(collector, bytes[at - 1] as number, at - 1, at + 1);
    while (bytes[at] === 0 && at + 1 < bytes.length && bytes[at + 1] !== 0) {
      put(collector, bytes[at + 1] as number, at, at + 2);
      at += 2;
    }
    put(collector, 0, at, at);
  }
  return collected(view, 'utf16', collector);
}
