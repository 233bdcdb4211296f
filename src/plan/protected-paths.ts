import type { ProtectedPath } from './plan.js';

/** Paths of a workspace that programs of the host execute or obey (law 12). */
export const protectedPaths: readonly ProtectedPath[] = [
  { path: '.git/hooks', kind: 'directory' },
  { path: '.git/config', kind: 'file' },
  { path: '.envrc', kind: 'file' },
  { path: '.vscode', kind: 'directory' },
  { path: '.claude', kind: 'directory' },
  { path: '.mcp.json', kind: 'file', placeholder: '{"mcpServers":{}}\n' },
];
