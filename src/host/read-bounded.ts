import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { BottleError } from '../contract/errors.js';
import { largestManifest } from '../manifest/front-matter.js';

/**
 * The text of a manifest. The size is asked before anything is read, a pipe or device is refused without being waited for.
 * @param strict the file comes from a repository: its last step, once resolved, may not be a link (swapped in meanwhile).
 */
export function readBounded(path: string, strict: boolean): string {
  const refuse = (message: string, hint: string, cause?: unknown) =>
    new BottleError({ code: 'manifest', message, where: path, hint, cause });
  let descriptor: number;
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (strict ? constants.O_NOFOLLOW : 0);
    descriptor = openSync(strict ? realpathSync(path) : path, flags);
  } catch (cause) {
    throw refuse('the file cannot be read', `chmod u+r '${path}', or remove it if it is a dead link`, cause);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw refuse('this is not an ordinary file', 'remove it');
    if (stats.size > largestManifest) throw refuse('the file is larger than 256 KiB', 'shorten the text');
    const buffer = Buffer.alloc(stats.size);
    let length = 0;
    while (length < buffer.length) {
      const got = readSync(descriptor, buffer, length, buffer.length - length, length);
      if (got === 0) break;
      length += got;
    }
    return decode(buffer.subarray(0, length), refuse);
  } finally {
    closeSync(descriptor);
  }
}

function decode(
  bytes: Buffer,
  refuse: (message: string, hint: string, cause?: unknown) => BottleError,
): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refuse('the file is not UTF-8', 'save it as UTF-8', cause);
  }
}
