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
  'my-',
  'my_',
  'goes-here',
  'test-token',
  'test_token',
  'testing',
  'foobar',
  'undefined',
  'string',
];
const stop = new RegExp(words.map((word) => word.replace(/[*.]/g, '\\$&')).join('|'), 'i');

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
  return stop.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}
