import { describe, expect, it } from 'vitest';
import { assertWorkspaceAllowed } from '../../../src/plan/workspace.js';

const folders = { home: '/home/me', ours: ['/home/me/.bot-bottle/agents', '/run/user/1000/bot-bottle'] };

describe('assertWorkspaceAllowed', () => {
  it.each([
    '/',
    '/home',
    '/home/me',
    '/tmp',
    '/proc/1/cwd',
    '/dev/shm',
    '/home/me/.bot-bottle',
    '/home/me/.bot-bottle/agents/x',
    '/run/user/1000',
  ])('refuses %s', (workspace) => {
    expect(() => assertWorkspaceAllowed(workspace, folders)).toThrow(/^the workspace /);
  });

  it.each([
    '/home/me/project',
    '/home/me/.bot-bottle/workspaces/one',
    '/workspace',
    '/tmp/x',
    '/home/meanwhile',
  ])('allows %s', (workspace) => {
    expect(() => assertWorkspaceAllowed(workspace, folders)).not.toThrow();
  });
});
