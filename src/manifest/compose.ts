import { nearest } from '../contract/suggestion.js';
import { quoted } from './code-frame.js';
import type { CompiledBottle, Reference } from './compile-bottle.js';
import { collector, type Diagnostic, type Report } from './diagnostic.js';
import { type BottleLayer, emptyLayer, mergeLayers } from './layer.js';
import type { Loaded } from './load.js';
import type { ManifestFiles } from './source.js';

/** Bottles by name, each loaded by itself. */
export interface BottleTable {
  keys(): Iterable<string>;
  get(name: string): Loaded<CompiledBottle> | undefined;
  readonly fileProblems: ManifestFiles['fileProblems'];
}

export interface Composition {
  /** Base first, the bottle itself last, each once. */
  readonly chain: readonly string[];
  readonly layer: BottleLayer;
  readonly diagnostics: readonly Diagnostic[];
}

/** More bottles than this in one chain is a mistake, or an attack on the stack. */
const longestChain = 64;

/**
 * Follows `extends` from one bottle and merges what it finds. Every bottle comes after all of its parents, the
 * parents in the order in which they are listed, a shared one once: so a child wins over its parents, and of two
 * parents the later one unless it is itself a parent of the earlier.
 */
export function compose(start: Reference, bottles: BottleTable): Composition {
  const { found, report } = collector();
  const walk: Walk = { bottles, report, path: [], chain: [], broken: [] };
  visit(walk, start);
  const diagnostics = [...found, ...walk.broken];
  if (diagnostics.length > 0) return { chain: walk.chain, layer: emptyLayer, diagnostics };
  let layer = emptyLayer;
  for (const name of walk.chain) {
    const loaded = bottles.get(name);
    if (!loaded?.ok) continue;
    refuseRemovalOfNothing(layer, loaded.value.layer, report);
    layer = mergeLayers(layer, loaded.value.layer);
  }
  return { chain: walk.chain, layer, diagnostics: found };
}

interface Walk {
  readonly bottles: BottleTable;
  readonly report: Report;
  /** Names from the start down to where the walk is. */
  readonly path: string[];
  readonly chain: string[];
  readonly broken: Diagnostic[];
}

function visit(walk: Walk, { name, place }: Reference): void {
  const { bottles, report, path, chain } = walk;
  if (path.includes(name)) {
    const round = [...path.slice(path.indexOf(name)), name].join(' → ');
    report(
      'cycle',
      place,
      `bottles extend each other in a circle: ${round}`,
      'take one of these out of extends',
    );
    return;
  }
  if (chain.includes(name)) return;
  if (path.length + chain.length >= longestChain) {
    report('too-many-parents', place, `more than ${longestChain} bottles extend each other`);
    return;
  }
  const loaded = bottles.get(name);
  if (!loaded) {
    reportMissing(walk, { name, place });
    return;
  }
  if (!loaded.ok) {
    walk.broken.push(...loaded.diagnostics);
    chain.push(name);
    return;
  }
  path.push(name);
  for (const parent of loaded.value.parents) visit(walk, parent);
  path.pop();
  chain.push(name);
}

function reportMissing({ bottles, report, path }: Walk, { name, place }: Reference): void {
  const near = nearest(name, bottles.keys());
  const hint =
    near === null ? "write it in the folder 'bottles', or name another" : `did you mean '${near}'?`;
  if (path.length === 0) {
    report('unknown-bottle', place, `there is no bottle ${quoted(name)}`, hint);
  } else {
    report(
      'missing-parent',
      place,
      `there is no bottle ${quoted(name)} to extend: ${[...path, name].join(' → ')}`,
      hint,
    );
  }
}

/** A mistyped host would leave the route open that was to be closed. */
function refuseRemovalOfNothing(base: BottleLayer, child: BottleLayer, report: Report): void {
  for (const [host, route] of child.routes) {
    if (!route.removed) continue;
    const before = base.routes.get(host);
    if (before && !before.removed) continue;
    const hosts = [...base.routes].filter(([, entry]) => !entry.removed).map(([name]) => name);
    const near = nearest(host, hosts);
    const hint = near === null ? 'take the entry out' : `did you mean '${near}'?`;
    report('nothing-to-remove', route.place, `no parent has an entry for the host ${quoted(host)}`, hint);
  }
}
