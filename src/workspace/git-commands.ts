import type { GitSetting } from './git-config.js';

/** Settings that are commands which git runs by itself, from `status`, `diff`, `add`, `commit` or `fetch` (git-config(1)). */
const commands = new Set([
  'core.alternaterefscommand',
  'core.askpass',
  'core.editor',
  'core.fsmonitor',
  'core.gitproxy',
  'core.pager',
  'core.sshcommand',
  'credential.helper',
  'diff.command',
  'diff.external',
  'diff.textconv',
  'filter.clean',
  'filter.process',
  'filter.smudge',
  'gpg.defaultkeycommand',
  'gpg.program',
  'interactive.difffilter',
  'merge.driver',
  'remote.receivepack',
  'remote.uploadpack',
  'sequence.editor',
  'submodule.update',
  'trailer.cmd',
  'trailer.command',
]);

/** The words of a setting that is a command, each of which may name a program or what it runs; of another, none. */
export function wordsOfCommand({ section, key, value }: GitSetting): string[] {
  if (section !== 'pager' && !commands.has(`${section}.${key}`)) return [];
  return value.match(/[^\s"'`;|&()<>$!=]+/g) ?? [];
}
