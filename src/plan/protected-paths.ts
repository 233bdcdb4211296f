import type { ProtectedPath } from './plan.js';

const directory = (path: string): ProtectedPath => ({ path, kind: 'directory', placeholder: '' });
const file = (path: string, placeholder = ''): ProtectedPath => ({ path, kind: 'file', placeholder });
/** Of no use to an attacker where it isn't there: what reads it was set up for it, or asks first when it is new. */
const fileIfThere = (path: string): ProtectedPath => ({ path, kind: 'file' });

/**
 * Paths of a workspace that programs of the host execute or obey without being asked to: git in any prompt, an editor
 * that opens the folder, a shell that enters it, an agent that starts in it (law 12). What the operator runs by name,
 * such as a Makefile or package.json's scripts, is the workspace's content and stays writable.
 *
 * A path that isn't there is kept by a placeholder while the bottle runs.
 */
export const protectedPaths: readonly ProtectedPath[] = [
  // git: hooks, and settings that name programs (core.fsmonitor, filters, aliases).
  directory('.git/hooks'),
  file('.git/config'),
  file('.git/config.worktree'),
  // Says where hooks and config are found; git dies on an empty one, and `.` is what its absence means.
  file('.git/commondir', '.\n'),
  directory('.git/modules'),
  directory('.git/worktrees'),
  // Shells that act as one enters the folder.
  file('.envrc'),
  directory('.direnv'),
  fileIfThere('.mise.toml'),
  fileIfThere('mise.toml'),
  // Editors that act as one opens the folder.
  directory('.vscode'),
  directory('.idea'),
  directory('.zed'),
  directory('.devcontainer'),
  fileIfThere('.devcontainer.json'),
  directory('.helix'),
  // Vim obeys these where `exrc` is set, and asks nobody.
  file('.exrc'),
  file('.vimrc'),
  fileIfThere('.nvimrc'),
  fileIfThere('.nvim.lua'),
  fileIfThere('.dir-locals.el'),
  // What installed git hooks read from the work tree.
  directory('.husky'),
  directory('.githooks'),
  fileIfThere('.pre-commit-config.yaml'),
  fileIfThere('lefthook.yml'),
  fileIfThere('.lefthook.yml'),
  // Agents that run on the host later: their settings, hooks and servers.
  directory('.claude'),
  directory('.cursor'),
  directory('.codex'),
  directory('.gemini'),
  directory('.qwen'),
  directory('.opencode'),
  file('opencode.json', '{}\n'),
  file('opencode.jsonc', '{}\n'),
  directory('.bot-bottle'),
  file('.mcp.json', '{"mcpServers":{}}\n'),
];
