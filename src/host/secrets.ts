import { BottleError } from '../contract/errors.js';
import type { SecretReference } from '../plan/plan.js';

/** Characters. Servers take no more in all headers together, and every form of a value is looked for in each request. */
const longestSecret = 16 * 1024;

/**
 * The one place that reads secrets. Each that a manifest names must have a value before anything starts (law 1).
 * The values go to the sidecar's standard input and nowhere else.
 */
export function readSecrets(
  references: readonly SecretReference[],
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const { name, environmentVariable, where } of references) {
    const value = environment[environmentVariable];
    if (value === undefined || value === '') {
      throw new BottleError({
        code: 'secret-missing',
        message: `the environment variable ${environmentVariable}, which a route needs, ${value === '' ? 'is empty' : 'is not set'}`,
        where,
        hint: `export ${environmentVariable}=... before you start the bottle; its value goes to the sidecar only`,
      });
    }
    if (/[\r\n\0]/.test(value)) {
      throw new BottleError({
        code: 'secret-missing',
        message: `the value of ${environmentVariable} holds a line break or NUL and can't be sent in a header`,
        where,
        hint: `a newline at the end of a file is the usual cause: export ${environmentVariable}="$(cat FILE)"`,
      });
    }
    if (value.length > longestSecret) {
      throw new BottleError({
        code: 'secret-missing',
        message: `the value of ${environmentVariable} has ${value.length} characters, more than a header may have (${longestSecret})`,
        where,
        hint: 'name the token itself, not the file or the document that holds it',
      });
    }
    secrets[name] = value;
  }
  return secrets;
}
