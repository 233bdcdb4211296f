import { channelFolder } from '../host/operator/channel.js';
import { removeDeadChannels } from '../host/operator/dead-channels.js';
import { runtimeRoot } from '../host/runtime-directory.js';
import { sweepPlaceholders } from '../workspace/placeholders.js';

/** Takes away what killed command lines left on this machine, whichever backend their bottles had. */
export async function sweepHost(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  await sweepPlaceholders(runtimeRoot(environment));
  await removeDeadChannels(channelFolder(environment));
}
