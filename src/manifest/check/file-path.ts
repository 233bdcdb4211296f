import { dirname, join, resolve } from 'node:path';
import { quoted } from '../code-frame.js';
import type { DiagnosticCode } from '../diagnostic.js';
import type { ManifestFile } from '../source.js';
import { type Checked, wrong } from './scope.js';

/** The absolute path that a manifest means: `~/` is the home folder, a relative one starts beside the manifest. */
export function checkFilePath(
  code: DiagnosticCode,
  text: string,
  file: ManifestFile,
  userHome: string,
): Checked<string> {
  const refuse = (reason: string, hint?: string) => wrong(code, `${quoted(text)} ${reason}`, hint);
  if (text === '') return refuse('is no path');
  if (/[\x00-\x1f\x7f]/.test(text)) return refuse('has a control character');
  if (text === '~' || (text.startsWith('~') && !text.startsWith('~/'))) {
    return refuse("is not a path of yours: only '~/' is your home", "write '~/FILE' or an absolute path");
  }
  const path = text.startsWith('~/') ? join(userHome, text.slice(2)) : resolve(dirname(file.path), text);
  return path.endsWith('/') || text.endsWith('/') ? refuse('is a folder') : { ok: true, value: path };
}
