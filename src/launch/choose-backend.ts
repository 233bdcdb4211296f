import { registry } from '../backends/registry.generated.js';
import { BottleError } from '../contract/errors.js';
import type { Backend } from '../plan/ports.js';

const fallback = 'bubblewrap';

/** `--backend` wins over BOT_BOTTLE_BACKEND, which wins over the default. */
export async function chooseBackend(
  option: string | undefined,
  variable: string | undefined,
): Promise<Backend> {
  const name = option ?? (variable || fallback);
  const load = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (load) return load();
  throw new BottleError({
    code: 'usage',
    message: `there is no backend '${name}'`,
    where: option === undefined ? 'BOT_BOTTLE_BACKEND' : '--backend',
    hint: `one of: ${Object.keys(registry).join(', ')}`,
  });
}

/** Every backend, in the order of their names. */
export function allBackends(): Promise<readonly Backend[]> {
  return Promise.all(Object.values(registry).map((load) => load()));
}
