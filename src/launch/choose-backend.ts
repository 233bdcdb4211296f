import { registry } from '../backends/registry.generated.js';
import { BottleError } from '../contract/errors.js';
import type { Backend, BackendServices } from '../plan/ports.js';

const preferred = 'docker';
const fallback = 'bubblewrap';

/** `--backend` wins over BOT_BOTTLE_BACKEND; else it is Docker where an engine answers here. */
export async function chooseBackend(
  option: string | undefined,
  variable: string | undefined,
  services: BackendServices,
): Promise<Backend> {
  const name = option ?? (variable || (await usual(services)));
  const load = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (load) return load();
  throw new BottleError({
    code: 'usage',
    message: `there is no backend '${name}'`,
    where: option === undefined ? 'BOT_BOTTLE_BACKEND' : '--backend',
    hint: `one of: ${Object.keys(registry).join(', ')}`,
  });
}

async function usual(services: BackendServices): Promise<string> {
  const docker = await registry[preferred]?.();
  return docker && (await docker.probe(services)).usable ? preferred : fallback;
}

/** Every backend, in the order of their names. */
export function allBackends(): Promise<readonly Backend[]> {
  return Promise.all(Object.values(registry).map((load) => load()));
}
