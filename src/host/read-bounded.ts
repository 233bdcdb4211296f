import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { largestManifest } from '../manifest/front-matter.js';
import type { ManifestProblem, ManifestText } from '../manifest/source.js';

/**
 * The text of a manifest, or what keeps it from being read. The size is asked before anything is read, a pipe or
 * device is refused without being waited for.
 * @param strict the file comes from a repository: its last step, once resolved, may not be a link (swapped in meanwhile).
 */
export function readBounded(path: string, strict: boolean): ManifestText {
  let descriptor: number;
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (strict ? constants.O_NOFOLLOW : 0);
    descriptor = openSync(strict ? realpathSync(path) : path, flags);
  } catch {
    return unread('the file cannot be read', 'chmod u+r it, or remove it if it is a dead link');
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return unread('this is not an ordinary file', 'remove it');
    if (stats.size > largestManifest)
      return unread('the file is larger than 256 KiB', 'shorten the text', 'file-too-large');
    const buffer = Buffer.alloc(stats.size);
    let length = 0;
    while (length < buffer.length) {
      const got = readSync(descriptor, buffer, length, buffer.length - length, length);
      if (got === 0) break;
      length += got;
    }
    return decode(buffer.subarray(0, length));
  } catch {
    return unread('the file cannot be read', 'its disk may say more: dmesg');
  } finally {
    closeSync(descriptor);
  }
}

function unread(
  message: string,
  hint: string,
  code: ManifestProblem['code'] = 'file-unreadable',
): ManifestText {
  return { text: '', problem: { code, message, hint, offset: 0 } };
}

function decode(bytes: Buffer): ManifestText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const offset = firstReplaced(text, bytes);
    return {
      text,
      problem: { code: 'not-utf-8', message: 'the file is not UTF-8', hint: 'save it as UTF-8', offset },
    };
  }
}

/** Where a character stands in the text for bytes that are none; the character itself may be meant elsewhere. */
function firstReplaced(text: string, bytes: Buffer): number {
  const replacement = '\u{fffd}';
  let looked = 0;
  let length = 0;
  for (let at = text.indexOf(replacement); at !== -1; at = text.indexOf(replacement, looked)) {
    length += Buffer.byteLength(text.slice(looked, at));
    if (!bytes.subarray(length, length + 3).equals(Buffer.from(replacement))) return at;
    length += Buffer.byteLength(replacement);
    looked = at + 1;
  }
  return text.length;
}
