import { BottleError } from '../contract/errors.js';
import type { FileProblem, FileProblems } from '../manifest/source.js';
import { readCertificates } from './certificates.js';
import { findDockerfile } from './dockerfile.js';

/** What a start would refuse of the files that a bottle names, for who only wants to know. */
export const fileProblems: FileProblems = {
  certificates: (path) => problemOf(() => readCertificates(path, '')),
  // Whether it lies in the workspace is seen once there is one.
  dockerfile: (path) => problemOf(() => findDockerfile({ path, where: '' }, null)),
};

function problemOf(look: () => unknown): FileProblem | null {
  try {
    look();
    return null;
  } catch (thrown) {
    if (thrown instanceof BottleError) return { message: thrown.message, hint: thrown.hint ?? '' };
    throw thrown;
  }
}
