import { type Budget, costs, spend } from '../scan/budget.js';
import type { View } from '../scan/view.js';
import { archiveViews } from './archive.js';
import { encodedViews } from './encoded.js';
import { backslashViews, percentViews, quotedPrintableViews, referenceViews } from './escapes.js';
import { noSigns, type Signs, signsOf } from './signs.js';
import { spacedProbes, spacedViews } from './spaced.js';
import { foldedViews, utf16Views } from './unicode.js';

/** What can be undone in one step; `signs` are the places that may be undone by it. */
type Decoder = (view: View, signs: readonly number[], budget: Budget) => readonly View[];

/** Decoders that have nothing to do where their sign doesn't stand. */
const bySign: readonly (readonly [keyof Signs, Decoder])[] = [
  ['percent', percentViews],
  ['backslash', backslashViews],
  ['reference', referenceViews],
  ['quoted', quotedPrintableViews],
  ['foreign', foldedViews],
  ['zero', utf16Views],
];

/** What the files within hold, and nothing that is encoded otherwise. */
export function fileViews(view: View, budget: Budget): Iterable<View> {
  return signsOf(view.bytes).archive.length > 0 ? archiveViews(view, budget) : [];
}

const none: readonly View[] = [];

/** Every view that one step of decoding gives; stops early when the budget is spent. */
export function decodeViews(view: View, budget: Budget): Iterable<View> {
  const signs = signsOf(view.bytes);
  const probes = spacedProbes(view.bytes);
  if (signs === noSigns && view.runs().length === 0 && probes.length === 0) return none;
  return undone(view, signs, probes, budget);
}

function* undone(view: View, signs: Signs, probes: readonly number[], budget: Budget): Iterable<View> {
  if (view.runs().length > 0) yield* encodedViews(view, budget);
  for (const [sign, decode] of bySign) {
    const places = signs[sign];
    if (places.length === 0) continue;
    if (!spend(budget, places.length * costs.sign)) return;
    yield* decode(view, places, budget);
  }
  if (budget.remaining < 0) return;
  yield* spacedViews(view, probes);
  if (signs.archive.length > 0 && budget.remaining >= 0) yield* archiveViews(view, budget);
}
