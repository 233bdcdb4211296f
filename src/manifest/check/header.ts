import { quoted } from '../code-frame.js';
import { type Checked, wrong } from './scope.js';

/** RFC 9110, 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that frame or route a message: what they say is the proxy's to decide. */
const owned = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const ownedPrefixes = ['proxy-', 'x-bot-bottle-'];

export function isToken(text: string): boolean {
  return token.test(text);
}

/** A header's name in lower case. */
export function checkHeaderName(name: string): Checked<string> {
  if (token.test(name) && name.length <= 128) return { ok: true, value: name.toLowerCase() };
  return wrong('invalid-header-name', `${quoted(name)} is not the name of a header`);
}

/** The name of a header that a route may set. */
export function checkSetHeaderName(name: string): Checked<string> {
  const checked = checkHeaderName(name);
  if (!checked.ok) return checked;
  const lower = checked.value;
  if (!owned.has(lower) && !ownedPrefixes.some((prefix) => lower.startsWith(prefix))) return checked;
  return wrong('owned-header', `the header ${quoted(name)} is the proxy's own`, 'take it out');
}

/** RFC 9110, 5.5: visible characters, spaces and tabs between them. Beyond ASCII nothing is certain to arrive as it was. */
export function checkHeaderValue(value: string): Checked<string> {
  if (/[\r\n\0]/.test(value)) {
    return wrong(
      'invalid-header-value',
      'the value of a header has no line break or NUL',
      'a block text (|) ends in one',
    );
  }
  if (!/^[\t\x20-\x7e]*$/.test(value)) {
    return wrong('invalid-header-value', 'the value of a header is ASCII text');
  }
  if (value !== value.trim()) {
    return wrong('invalid-header-value', 'the value of a header has no space at its ends');
  }
  return { ok: true, value };
}
