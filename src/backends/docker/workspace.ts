import { BottleError } from '../../contract/errors.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices } from '../../plan/ports.js';
import { holdPlaceholders } from '../../workspace/placeholders.js';
import { surveyProtection } from '../../workspace/protection.js';
import { lookForGit, noticesOfGit } from '../../workspace/repository-notice.js';
import { clearSetId } from '../../workspace/set-id.js';
import type { Engine } from './engine.js';
import { runtimePath } from './runtime-path.js';

/** Milliseconds by which a file system's clock may lag behind ours. */
const clockLag = 2000;

export function takeSetIdBits(workspace: string, started: number): void {
  const { cleared, unseen } = clearSetId(workspace, started - clockLag);
  const tell = (text: string) => process.stderr.write(`bot-bottle: ${text}\n`);
  if (cleared.length > 0)
    tell(
      `the agent left ${cleared.length} set-user-ID or set-group-ID files in the workspace; the bits are off`,
    );
  if (unseen > 0)
    tell(
      `${unseen} files or folders of the workspace could not be searched for set-user-ID programs: look at them`,
    );
}

/** A bind mount names a folder of the engine's machine, not of this one. */
export function assertWorkspaceReachable({ remote, address }: Engine, { workspace }: BottlePlan): void {
  if (!remote || workspace.mode === 'copy') return;
  throw new BottleError({
    code: 'usage',
    message: 'the Docker engine is on another machine, where this workspace is not',
    where: `DOCKER_HOST=${address}`,
    hint: 'copy the workspace in with --workspace-mode copy (its changes come out with `bot-bottle diff`), or use a local engine',
  });
}

/** Keeps what the host would execute from being written: only a mounted workspace is the host's. */
export async function holdWorkspace(plan: BottlePlan, services: BackendServices) {
  if (plan.workspace.mode === 'copy')
    return { mounts: [], gitExcludes: '', outlivedBy: async () => {}, release: async () => {} };
  const held = await holdPlaceholders({
    workspace: plan.workspace.source,
    runtimeDirectory: await runtimePath(plan.id, services),
    survey: (placeholders) => surveyProtection(plan.workspace, placeholders),
  });
  if (held.exposed[0] !== undefined) {
    await held.release();
    throw mayBeExchanged(held.exposed[0]);
  }
  const git = lookForGit(plan.workspace.source);
  return {
    mounts: held.protection.mounts,
    gitExcludes: held.placeholders.map(({ path }) => `/${path}\n`).join(''),
    outlivedBy: held.outlivedBy,
    release: async () => {
      for (const notice of noticesOfGit(plan.workspace.source, git)) process.stderr.write(notice);
      await held.release();
    },
  };
}

/**
 * The engine mounts by name, as root, and looks at no file's identity: what an agent may exchange for a link between our
 * look at it and the mount could be any folder of the machine.
 */
function mayBeExchanged(path: string): BottleError {
  return new BottleError({
    code: 'usage',
    message: 'the agent of another bottle works here too and could exchange this while it is being mounted',
    where: path,
    hint: 'wait until that bottle ends, work on a copy with --workspace-mode copy, or use --backend bubblewrap',
  });
}
