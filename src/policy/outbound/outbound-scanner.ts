import type { DetectorMaterial } from '../scan/detector.js';
import { loadDetectors } from '../scan/detectors.js';
import { createScanner, type Scanner } from '../scan/scanner.js';

/** A line break where none may stand is an attack on the message itself: looked for wherever anything is. */
const always = 'crlf';

/** @param names of detectors; null: every one */
export async function outboundScanner(
  names: readonly string[] | null,
  material: DetectorMaterial,
): Promise<Scanner> {
  const wanted = names && [...new Set([...names, always])];
  return createScanner(await loadDetectors('outbound', wanted), material);
}

/** Whether a route's list has a detector look. @param names null: every one; an empty list: nothing is scanned */
export function isAskedFor(name: string, names: readonly string[] | null): boolean {
  return names === null || names.includes(name) || (name === always && names.length > 0);
}
