import type { Budget } from '../scan/budget.js';
import type { View } from '../scan/view.js';
import { archiveViews } from './archive.js';
import { encodedViews } from './encoded.js';
import { backslashViews, percentViews, quotedPrintableViews, referenceViews } from './escapes.js';
import { spacedViews } from './spaced.js';
import { foldedViews, utf16Views } from './unicode.js';

/** What can be undone in one step; yields nothing for ordinary text. */
type Decoder = (view: View, budget: Budget) => Iterable<View>;

const decoders: readonly Decoder[] = [
  encodedViews,
  percentViews,
  backslashViews,
  referenceViews,
  quotedPrintableViews,
  foldedViews,
  utf16Views,
  spacedViews,
  archiveViews,
];

/** Every view that one step of decoding gives; stops early when the budget is spent. */
export function* decodeViews(view: View, budget: Budget): Iterable<View> {
  for (const decoder of decoders) {
    if (budget.remaining < 0) return;
    yield* decoder(view, budget);
  }
}
