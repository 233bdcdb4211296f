import { closeSync, readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;

/**
 * Closes what the caller left open beyond the first three descriptors and every program that we start would inherit.
 * Node opens all of its own with close-on-exec, and marks inherited ones only as far as they follow one another.
 */
export function closeStrayDescriptors(): void {
  for (const name of readdirSync('/proc/self/fdinfo')) {
    const descriptor = Number(name);
    if (descriptor <= 2 || !isInheritable(descriptor)) continue;
    try {
      closeSync(descriptor);
    } catch {
      // Closed already.
    }
  }
}

function isInheritable(descriptor: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    return false;
  }
}
