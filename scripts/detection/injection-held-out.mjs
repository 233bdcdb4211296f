// What held-out injections came to when the weights were trained; the scripts that train write it, bench:detect prints it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const heldOutFile = (split) =>
  join(dirname(fileURLToPath(import.meta.url)), `injection-held-out.${split}.txt`);

export function printHeldOut() {
  for (const split of ['text', 'technique', 'family'])
    if (existsSync(heldOutFile(split))) console.log(readFileSync(heldOutFile(split), 'utf8').trimEnd());
}
