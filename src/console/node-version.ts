/**
 * What is wrong with the Node that runs this, in the shape of an error; null: nothing.
 *
 * Imports nothing: what we import may not even load in an old Node.
 *
 * @param wanted `>=20.19`, as in `engines` of package.json
 */
export function nodeProblem(wanted: string, found: string): string | null {
  const least = wanted.replace(/^>=/, '');
  const [wantedMajor = 0, wantedMinor = 0] = numbers(least);
  const [major = 0, minor = 0] = numbers(found);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return null;
  return (
    `error: Node ${least} or newer is needed, and this is ${found} (host-not-ready)\n` +
    '  fix: install a newer one, https://nodejs.org, or put it first in PATH\n'
  );
}

const numbers = (version: string): readonly number[] => version.split('.').map(Number);
