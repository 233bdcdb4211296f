import type { Budget } from './budget.js';
import type { Sighting } from './finding.js';
import type { KnownIndex } from './known.js';
import type { View } from './view.js';

/** A secret that the bottle holds; `name` is what a finding may tell, the value never leaves the scanner. */
export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

/** What detectors are made from, once, when a bottle starts. */
export interface DetectorMaterial {
  readonly knownSecrets: readonly KnownSecret[];
  /** What they are found by, where it was built before; many of them take megabytes. */
  readonly knownIndex?: KnownIndex;
}

/** Where the scanned bytes stand in a message; some detectors look at some places only. */
export type Surface = 'host' | 'path' | 'query' | 'header' | 'body' | 'frame';

/** Where a view stands, and how hard to look. */
export interface Scene {
  readonly surface: Surface;
  /** Something was found already: weaker signs count. */
  readonly thorough: boolean;
  /** What the look may cost besides its bytes; once it is spent the rest of the look changes nothing. */
  readonly budget: Budget;
}

/** Looks at one view and reports what it sees, by offsets of the view. */
export type Look = (view: View, scene: Scene, report: (sighting: Sighting) => void) => void;

/** One file in src/policy/detectors exports one as its default. */
export interface Detector {
  /** As a route's `dlp` lists it. */
  readonly name: string;
  readonly summary: string;
  readonly direction: 'outbound' | 'inbound';
  /** The views it wants besides the bytes as given: all that decode, or none. */
  readonly decodes: boolean;
  prepare(material: DetectorMaterial): Look;
}
