import { registry } from '../detectors/registry.generated.js';
import type { Detector } from './detector.js';

/** The detectors of a direction, those named or, with null, all of it. @throws RangeError for a name there is not. */
export async function loadDetectors(
  direction: Detector['direction'],
  names: readonly string[] | null,
): Promise<readonly Detector[]> {
  const all = await Promise.all(Object.values(registry).map((load) => load()));
  for (const name of names ?? [])
    if (!all.some((detector) => detector.name === name))
      throw new RangeError(`no detector is named '${name}'`);
  return all.filter(
    (detector) => detector.direction === direction && (names === null || names.includes(detector.name)),
  );
}

/** Whether there is one by that name, without loading any: its file is named like it. */
export function isDetectorName(name: string): boolean {
  return Object.hasOwn(registry, name.replaceAll('_', '-')) && !name.includes('-');
}
