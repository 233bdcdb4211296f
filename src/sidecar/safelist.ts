import { createHmac, randomBytes } from 'node:crypto';

/** A set of texts that are not kept: only salted hashes are, in this process's memory, as long as it lives. */
export interface Safelist {
  readonly add: (text: string) => void;
  readonly has: (text: string) => boolean;
}

/** Each entry is an answer of the operator's; beyond this an answer counts for its own request only. */
const entryLimit = 10_000;

export function createSafelist(): Safelist {
  const salt = randomBytes(32);
  const hashes = new Set<string>();
  const hash = (text: string) => createHmac('sha256', salt).update(text).digest('base64');
  return {
    add: (text) => {
      if (hashes.size < entryLimit) hashes.add(hash(text));
    },
    has: (text) => hashes.size > 0 && hashes.has(hash(text)),
  };
}
