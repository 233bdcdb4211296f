import { BottleError } from '../contract/errors.js';
import type { Backend, BackendServices, BottleManagement, BottleSummary } from '../plan/ports.js';
import { allBackends } from './choose-backend.js';

interface Managing {
  readonly backend: Backend;
  readonly management: BottleManagement;
}

/** The backends whose bottles can be found from here and that are usable. */
export async function managingBackends(services: BackendServices): Promise<readonly Managing[]> {
  const found = await Promise.all(
    (await allBackends()).map(async (backend) => {
      const { management } = backend;
      const usable = management !== undefined && (await backend.probe(services)).usable;
      return usable ? [{ backend, management }] : [];
    }),
  );
  return found.flat();
}

export async function allBottles(services: BackendServices): Promise<readonly BottleSummary[]> {
  const backends = await managingBackends(services);
  return (await Promise.all(backends.map(({ management }) => management.list(services)))).flat();
}

/** The backend that runs the bottle; where none does, the one that may know what it left. */
export async function managementOf(bottle: string, services: BackendServices): Promise<BottleManagement> {
  const backends = await managingBackends(services);
  for (const { management } of backends) {
    if ((await management.list(services)).some(({ id }) => id === bottle)) return management;
  }
  if (backends[0]) return backends[0].management;
  throw new BottleError({
    code: 'host-not-ready',
    message: 'no backend whose bottles can be found is usable here',
    hint: 'bot-bottle doctor says what is missing',
  });
}
