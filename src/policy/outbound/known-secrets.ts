import type { Route } from '../../contract/route.js';
import type { KnownSecret } from '../scan/detector.js';
import { valueParts } from '../scan/value-parts.js';

/**
 * The values that the detectors know. Of a Basic credential its password alone too, of a URI
 * its own, of a JSON text what its names call a secret.
 *
 * @param secrets values by name
 */
export function knownSecretsOf(
  secrets: Readonly<Record<string, string>>,
  routes: readonly Pick<Route, 'auth'>[],
): readonly KnownSecret[] {
  const values = Object.entries(secrets).map(([name, value]) => ({ name, value }));
  for (const { auth } of routes) {
    if (auth?.scheme !== 'Basic') continue;
    const value = secrets[auth.secret] ?? '';
    const password = value.slice(value.indexOf(':') + 1);
    if (password !== value) values.push({ name: auth.secret, value: password });
  }
  const parts = values.flatMap(({ name, value }) =>
    valueParts(value).secrets.map((part) => ({ name, value: part })),
  );
  return [...values, ...parts];
}
