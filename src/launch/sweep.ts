import { channelFolder } from '../host/operator/channel.js';
import { removeDeadChannels } from '../host/operator/dead-channels.js';
import { hasPrivateFolder, runtimeRoot } from '../host/runtime-directory.js';
import { sweepPlaceholders } from '../workspace/placeholders.js';

export interface Leftovers {
  /** Names of bottles whose placeholders and files were still there. */
  readonly bottles: readonly string[];
  /** Sockets at which nobody listens. */
  readonly sockets: number;
}

/** Takes away what killed command lines left on this machine, whichever backend their bottles had. */
export async function sweepHost(
  environment: Readonly<Record<string, string | undefined>>,
  dryRun: boolean,
): Promise<Leftovers> {
  const root = runtimeRoot(environment);
  // What lies there says what is removed: in /tmp another user may have written it.
  if (!(await hasPrivateFolder(root))) return { bottles: [], sockets: 0 };
  return {
    bottles: await sweepPlaceholders(root, dryRun),
    sockets: await removeDeadChannels(channelFolder(environment), dryRun),
  };
}
