import { readFileSync, statSync } from 'node:fs';
import { BottleError } from '../contract/errors.js';

/**
 * As whom the sandbox runs on the host. An ordinary user: as himself, nothing to do. Root must not: a user namespace
 * made by root maps to the kernel's own uid 0, which may write /proc/sys and read what is root's. So root's sandbox
 * runs as the workspace's owner or, where that is root too, as nobody's user on an id-mapped mount.
 */
export type AgentIdentity =
  | { readonly kind: 'caller' }
  | {
      readonly kind: 'lowered';
      readonly uid: number;
      readonly gid: number;
      /** The workspace's files are root's: shown as the agent's own, and kept as root's on disk. */
      readonly mapWorkspace: boolean;
    };

/** Neither given out by Debian (policy 9.2) nor by systemd (Users, Groups, UIDs and GIDs on systemd systems). */
export const unusedId = 65_530;

export function chooseIdentity(workspace: string): AgentIdentity {
  if (process.getuid?.() !== 0) return { kind: 'caller' };
  const { uid, gid } = statSync(workspace);
  if (uid !== 0) return { kind: 'lowered', uid, gid: primaryGroupOf(uid) ?? unusedId, mapWorkspace: false };
  if (gid !== 0) {
    throw new BottleError({
      code: 'usage',
      message: `the workspace is root's, but its group is ${gid}`,
      where: workspace,
      hint: 'chgrp root it, or chown it to an ordinary user',
    });
  }
  return { kind: 'lowered', uid: unusedId, gid: unusedId, mapWorkspace: true };
}

/** undefined: none, or root's. */
export function primaryGroupOf(uid: number): number | undefined {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[2] === String(uid));
  const group = Number(fields?.[3] ?? 0);
  return group === 0 ? undefined : group;
}
