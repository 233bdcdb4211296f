import { join } from 'node:path/posix';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's home folder. A HOME that is empty or relative counts as unset: it would mean a folder of whatever is
 * worked on, whose .bot-bottle is not the user's.
 *
 * @param registered asks the system where the user's home is
 */
export function homeFolder(environment: Environment, registered: () => string): string {
  return absolute(environment['HOME']) ?? registered();
}

/** $XDG_STATE_HOME, or ~/.local/state; a relative one is to be ignored (XDG Base Directory Specification). */
export function stateFolder(environment: Environment, registered: () => string): string {
  return absolute(environment['XDG_STATE_HOME']) ?? join(homeFolder(environment, registered), '.local/state');
}

function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined;
}
