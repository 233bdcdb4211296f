import type { SidecarConfiguration } from '../../contract/sidecar.js';
import {
  buildPieceTables,
  openPieceIndex,
  type PieceIndex,
  type PieceTables,
} from '../../policy/across/piece-index.js';
import { knownSecretsOf } from '../../policy/outbound/known-secrets.js';
import type { DetectorMaterial, KnownSecret } from '../../policy/scan/detector.js';
import { buildKnownIndex, type KnownIndex } from '../../policy/scan/known.js';

/** Every value that the bottle holds. What finds them is built when it is first asked for, once for all threads. */
export interface KnownValues {
  readonly secrets: readonly KnownSecret[];
  readonly material: () => DetectorMaterial;
  readonly pieces: () => PieceIndex;
  readonly tables: () => KnownTables;
}

/** What a worker finds them by: its memory is the parent's. */
export interface KnownTables {
  readonly index: KnownIndex;
  readonly pieces: PieceTables;
}

const made = new WeakMap<SidecarConfiguration, KnownValues>();

/** The same at every call. */
export function knownValuesOf(configuration: SidecarConfiguration): KnownValues {
  const known =
    made.get(configuration) ?? newKnownValues(knownSecretsOf(configuration.secrets, configuration.routes));
  made.set(configuration, known);
  return known;
}

function newKnownValues(secrets: readonly KnownSecret[]): KnownValues {
  let tables: KnownTables | null = null;
  let pieces: PieceIndex | null = null;
  const build = () => {
    tables ??= { index: buildKnownIndex(secrets), pieces: buildPieceTables(secrets) };
    return tables;
  };
  return {
    secrets,
    tables: build,
    material: () => ({ knownSecrets: secrets, knownIndex: build().index }),
    pieces: () => {
      pieces ??= openPieceIndex(build().pieces);
      return pieces;
    },
  };
}
