import { BottleError } from '../../contract/errors.js';
import type { WorkspacePlan } from '../../plan/plan.js';
import { chooseIdentity, unusedId } from '../../workspace/identity.js';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Where the system has no users by number: Docker's own machine gives the files to whoever asks. */
const ordinary = 1000;

/**
 * The caller, so that what the agent writes is the caller's; for root the workspace's owner; never root. A copy is
 * given to whoever the agent is, but an engine shows nobody's files as another's: on a folder of root's own the agent
 * could change nothing, and that is told before anything is made.
 */
export function agentUser({ source, mode }: WorkspacePlan): User {
  if (process.getuid?.() === 0 && mode === 'copy') return { uid: unusedId, gid: unusedId };
  const identity = chooseIdentity(source);
  if (identity.kind === 'caller') {
    return { uid: process.getuid?.() ?? ordinary, gid: process.getgid?.() ?? ordinary };
  }
  if (!identity.mapWorkspace) return { uid: identity.uid, gid: identity.gid };
  throw new BottleError({
    code: 'usage',
    message:
      "the workspace is root's, and the agent never runs as root: in a container it could change nothing there",
    where: source,
    hint: 'work on a copy with --workspace-mode copy (its changes come out with `bot-bottle diff`), use --backend bubblewrap, or chown the folder to an ordinary user',
  });
}
