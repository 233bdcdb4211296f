import type { SidecarConfiguration } from '../../contract/sidecar.js';
import { isAskedFor, outboundScanner } from '../../policy/outbound/outbound-scanner.js';
import type { CompiledRoute } from '../../policy/routes.js';
import type { DetectorMaterial } from '../../policy/scan/detector.js';
import type { Scanner } from '../../policy/scan/scanner.js';

/** The detectors of a route, ready to look. */
export interface Prepared {
  readonly scanner: Scanner;
  /** The names that were asked for, null for all: what a worker prepares the same scanner from. */
  readonly names: readonly string[] | null;
  /** The values that the bottle holds are among what is looked for. */
  readonly seeksKnown: boolean;
}

export interface Scanners {
  /** null: the route has its requests go unscanned. */
  readonly of: (route: CompiledRoute) => Prepared | null;
  /** Every detector, for what is shown to people. */
  readonly all: Scanner;
}

/** Prepares each distinct list of detectors once. */
export async function prepareScanners(
  configuration: SidecarConfiguration,
  material: DetectorMaterial,
): Promise<Scanners> {
  const byNames = new Map<string, Prepared>();
  const prepare = async (names: readonly string[] | null): Promise<Prepared> => {
    const key = keyOf(names);
    const known = byNames.get(key);
    if (known) return known;
    const prepared = {
      names,
      scanner: await outboundScanner(names, material),
      seeksKnown: isAskedFor('known_secrets', names),
    };
    byNames.set(key, prepared);
    return prepared;
  };
  const { scanner: all } = await prepare(null);
  for (const { dlp } of configuration.routes) if (dlp.outbound?.length !== 0) await prepare(dlp.outbound);
  return {
    all,
    of: ({ route: { host, dlp } }) => {
      if (dlp.outbound?.length === 0) return null;
      const prepared = byNames.get(keyOf(dlp.outbound));
      if (!prepared) throw new Error(`the detectors of ${host} are not prepared`);
      return prepared;
    },
  };
}

const keyOf = (names: readonly string[] | null): string => (names === null ? '*' : names.join(','));
