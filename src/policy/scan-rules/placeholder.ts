import { entropy } from '../scan/alphabet.js';
import { buildAutomaton, holdsKeyword } from '../scan/automaton.js';

const words = [
  'example',
  'placeholder',
  'your',
  'changeme',
  'change_me',
  'replace',
  'insert',
  'redacted',
  'dummy',
  'sample',
  'xxxxx',
  '*****',
  '.....',
  '00000000',
  'tokenhere',
  'keyhere',
  'secrethere',
  'here_',
  'fake',
  'mock',
  'goes-here',
  'test-token',
  'test_token',
  'testing',
  'foobar',
  'undefined',
  'string',
];
/** `my-token`, but no token that has these letters by chance: a word begins there. */
const mine = '(?<![0-9a-z])my[-_]';
const stop = new RegExp([...words.map((word) => word.replace(/[*.]/g, '\\$&')), mine].join('|'), 'i');

/** Nearly all values have none of these, which one look at their bytes tells. */
const stopWords = buildAutomaton([...words, 'my-', 'my_']);

/** One byte, or two, over and over: `xxxxxxxx`. */
function isMonotonous(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start + 4];
  let other = 0;
  for (let i = start + 5; i < end; i += 1) if (bytes[i] !== first) other += 1;
  return end - start >= 12 && other <= 1;
}

/** What people write where a secret will stand. */
export function isPlaceholder(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  // ${NAME}, $NAME, {{ name }}, <name>, %NAME%
  if (first === 0x24 || first === 0x7b || first === 0x3c || first === 0x25) return true;
  if (end - start > 400) return false;
  if (isMonotonous(bytes, start, end)) return true;
  if (!holdsKeyword(stopWords, bytes, start, end)) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const found = stop.exec(text);
  return found !== null && !(isRandom(bytes, start, end) && isInside(text, found.index, found[0].length));
}

/** Long, even and with digits in several places: no word in it says that it was made up. */
function isRandom(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0;
  for (let i = start + 1; i < end; i += 1) if (isDigit(bytes[i]) && !isDigit(bytes[i - 1])) groups += 1;
  return end - start >= 24 && groups >= 3 && entropy(bytes, start, end).bits >= 3.9;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Letters or digits go on before the word or after it: it may be there by chance. */
const isInside = (text: string, at: number, length: number): boolean =>
  length <= 6 && (/[0-9a-z]/i.test(text.charAt(at - 1)) || /[0-9a-z]/i.test(text.charAt(at + length)));
