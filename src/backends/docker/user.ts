import { chooseIdentity } from '../../workspace/identity.js';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Where the system has no users by number: Docker's own machine gives the files to whoever asks. */
const ordinary = 1000;

/**
 * The caller, so that what the agent writes is the caller's; for root the workspace's owner; never root. An engine maps
 * no mounts: on a folder of root's own the agent is nobody's user, and is told so.
 */
export function agentUser(workspace: string, tell: (line: string) => void): User {
  const identity = chooseIdentity(workspace);
  if (identity.kind === 'caller') {
    return { uid: process.getuid?.() ?? ordinary, gid: process.getgid?.() ?? ordinary };
  }
  if (identity.mapWorkspace) {
    tell("the workspace is root's, and the agent isn't root: it can write there only what everyone may");
  }
  return { uid: identity.uid, gid: identity.gid };
}
