import type { RouteDlp } from '../../contract/route.js';
import type { SidecarConfiguration } from '../../contract/sidecar.js';
import { buildDeltaIndex, type DeltaIndex } from '../../policy/inbound/deltas.js';
import { createGuesses } from '../../policy/inbound/guesses.js';
import type { CompiledRoute } from '../../policy/routes.js';
import { loadDetectors } from '../../policy/scan/detectors.js';
import { createScanner, type Scanner } from '../../policy/scan/scanner.js';
import { knownValuesOf } from '../inspection/known-values.js';
import type { HeaderFinder } from './answer-headers.js';
import { createCleanLines } from './clean-lines.js';

/** What looks at the answers of a route; null: nothing does. */
export interface Inspection {
  /** Covers known values (law 9). */
  readonly secrets: HeaderFinder | null;
  /** Scores text. */
  readonly injection: Scanner | null;
  readonly onMatch: RouteDlp['inboundOnMatch'];
  /** The route's host, for the rule that a refusal names. */
  readonly routeHost: string;
}

export type Inspections = (route: CompiledRoute) => Promise<Inspection | null>;

/** Its findings are covered wherever they stand and whatever a route says of matches. */
const scrubbing = 'reflected_secrets';

/** Makes what a route's answers are looked at with when it is first asked for; routes that ask for the same share it. */
export function createInspections(configuration: SidecarConfiguration): Inspections {
  const values = knownValuesOf(configuration);
  const known = new Map<string, Promise<Finders>>();
  const made = new WeakMap<CompiledRoute, Promise<Inspection | null>>();
  const newGuesses = createGuesses(values.secrets);
  let deltas: DeltaIndex | null = null;

  async function make(names: readonly string[] | null): Promise<Finders> {
    const detectors = await loadDetectors('inbound', names);
    const scrubber = detectors.filter(({ name }) => name === scrubbing);
    const others = detectors.filter(({ name }) => name !== scrubbing);
    if (scrubber.length > 0 && values.secrets.length > 0) deltas ??= buildDeltaIndex(values.pieces());
    return {
      secrets:
        scrubber.length > 0 && deltas
          ? { scanner: createScanner(scrubber, values.material()), deltas }
          : null,
      injection: others.length > 0 ? createScanner(others, { knownSecrets: values.secrets }) : null,
    };
  }

  async function inspect(route: RouteParts): Promise<Inspection | null> {
    const { inbound, inboundOnMatch } = route.dlp;
    if (inbound?.length === 0) return null;
    const key = JSON.stringify(inbound && [...inbound].sort());
    let finders = known.get(key);
    if (!finders) {
      finders = make(inbound);
      known.set(key, finders);
    }
    const { secrets: finder, injection } = await finders;
    if (!finder && !injection) return null;
    const secrets = finder && { ...finder, guesses: newGuesses(), cleanLines: createCleanLines() };
    return { secrets, injection, onMatch: inboundOnMatch, routeHost: route.host };
  }

  return (route) => {
    let inspection = made.get(route);
    if (!inspection) {
      inspection = inspect(route.route);
      made.set(route, inspection);
    }
    return inspection;
  };
}

interface Finders {
  /** Without what is counted for each route. */
  readonly secrets: Omit<HeaderFinder, 'guesses' | 'cleanLines'> | null;
  readonly injection: Scanner | null;
}

type RouteParts = Pick<CompiledRoute['route'], 'dlp' | 'host'>;
