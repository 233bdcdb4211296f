import { userInfo } from 'node:os';
import { BottleError } from '../contract/errors.js';

/** The home folder that the system's list of users names, whatever HOME says. @throws BottleError where there is none */
export function registeredHome(): string {
  try {
    const { homedir } = userInfo();
    if (homedir.startsWith('/')) return homedir;
  } catch {
    // This user is not in the list, as in a container that runs as any number.
  }
  throw new BottleError({
    code: 'host-not-ready',
    message: 'your home folder is not known',
    where: 'HOME',
    hint: 'export HOME=/where/it/is',
  });
}
