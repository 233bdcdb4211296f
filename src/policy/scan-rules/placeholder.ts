const words = [
  'example', 'placeholder', 'your', 'changeme', 'change_me', 'replace', 'insert', 'redacted', 'dummy', 'sample',
  'xxxxx', '*****', '.....', '00000000', 'tokenhere', 'keyhere', 'secrethere', 'here_',
  'fake', 'mock', 'my-', 'my_', 'goes-here', 'test-token', 'test_token', 'testing', 'foobar', 'undefined', 'string',
];
const stop = new RegExp(words.map((word) => word.replace(/[*.]/g, '\\$&')).join('|'), 'i');

/** What people write where a secret will stand. */
export function isPlaceholder(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  // ${NAME}, $NAME, {{ name }}, <name>, %NAME%
  if (first === 0x24 || first === 0x7b || first === 0x3c || first === 0x25) return true;
  if (end - start > 400) return false;
  return stop.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}
