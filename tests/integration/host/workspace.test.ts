import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../../src/host/workspace.js';

let folder = '';
let bottles = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
  bottles = join(folder, 'home/.bot-bottle/bottles');
  mkdirSync(bottles, { recursive: true });
  mkdirSync(join(folder, 'dotfiles/bot-bottle'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const find = (path: string, more: Record<string, string> = {}) =>
  findWorkspace(join(folder, path), { HOME: join(folder, 'home'), ...more });

describe('a workspace', () => {
  it('is a project beside the folder of manifests', () => {
    writeFileSync(join(bottles, 'web.md'), '');
    expect(find('dotfiles')).toBe(join(folder, 'dotfiles'));
  });

  it('is not where a manifest lies to which a link leads: the agent would write its own rules', () => {
    const target = join(folder, 'dotfiles/bot-bottle/web.md');
    writeFileSync(target, '');
    symlinkSync(target, join(bottles, 'web.md'));
    for (const path of ['dotfiles', 'dotfiles/bot-bottle']) {
      expect(() => find(path)).toThrow(`lies in ${target}, where bot-bottle keeps its own files`);
    }
  });

  it('is not where the log will be made, also by a link', () => {
    symlinkSync('dotfiles', join(folder, 'state'));
    expect(() => find('dotfiles', { XDG_STATE_HOME: join(folder, 'state/deep') })).toThrow(/its own files/);
  });
});
