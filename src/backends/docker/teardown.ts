import type Docker from 'dockerode';
import { ifThere, statusOf } from './engine.js';
import { labels } from './names.js';
import { removeWhenFree } from './networks.js';

/** Waits for all of them, whatever becomes of each, and then fails with the first failure: nothing is left in flight. */
export async function allSettled<Results extends readonly unknown[]>(
  work: {
    [Index in keyof Results]: Promise<Results[Index]>;
  },
): Promise<Results> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}

/**
 * Takes away everything that carries a bottle's label: containers, then what they used.
 * @param owner only what this command line made: another's bottle may have come by the same name
 */
export async function removeBottle(docker: Docker, bottle: string, owner?: string): Promise<void> {
  const label = [`${labels.bottle}=${bottle}`, ...(owner === undefined ? [] : [`${labels.owner}=${owner}`])];
  const filters = JSON.stringify({ label });
  const containers = await docker.listContainers({ all: true, filters });
  await allSettled(containers.map(({ Id }) => removeContainer(docker, Id)));
  const [networks, { Volumes }] = await allSettled<
    [Awaited<ReturnType<Docker['listNetworks']>>, Awaited<ReturnType<Docker['listVolumes']>>]
  >([docker.listNetworks({ filters }), docker.listVolumes({ filters })]);
  await allSettled([
    ...networks.map(({ Id }) => removeWhenFree(docker.getNetwork(Id), 403)),
    ...(Volumes ?? []).map(({ Name }) => removeWhenFree(docker.getVolume(Name), 409)),
  ]);
}

async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await ifThere(docker.getContainer(id).remove({ force: true, v: true }));
  } catch (thrown) {
    // Someone else removes it at this moment.
    if (statusOf(thrown) !== 409) throw thrown;
  }
}
