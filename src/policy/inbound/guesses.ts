import { budgetFor } from '../scan/budget.js';
import type { KnownSecret } from '../scan/detector.js';
import { rareVariantsOf } from '../scan/rare-variants.js';
import { compacted, variantsOf } from '../scan/variants.js';
import { textView, type View } from '../scan/view.js';
import { decodeViews } from '../views/decode.js';

/**
 * Different pieces of values that may come back in a bottle's life. Covering tells whoever wrote an answer, and sees
 * what became of it, how far a piece is right: with some known letters before them, the next can be tried out. Each
 * that is right makes a piece that was not there before.
 */
const mostPieces = 8;
/** Bytes round a piece that are read with it: what it is written in may begin before it. */
const around = 64;
/** Stretches of which it is remembered whether they are whole values. */
const mostRemembered = 1024;
/** Of more values only the usual forms are told from pieces. */
const fewSecrets = 32;

/** What one route brought back of the values that isn't the whole of one. */
export interface Guesses {
  /** Of what was covered; `[start, end)` of `bytes`. */
  note(bytes: Buffer, start: number, end: number): void;
  /** There were so many that nothing more may come from here: what is not covered tells something, too. */
  areSpent(): boolean;
}

/** @returns what counts for one route; the pieces of all of them are counted together */
export function createGuesses(secrets: readonly KnownSecret[]): () => Guesses {
  const formsOf = secrets.length <= fewSecrets ? allForms : variantsOf;
  let wholes: readonly Buffer[] | null = null;
  const known = new Map<string, boolean>();
  const pieces = new Set<string>();

  const holdsWhole = (view: View): boolean => {
    const letters = compacted(view.bytes.toString('latin1'));
    wholes ??= secrets.flatMap(({ value }) => formsOf(value).map(({ bytes }) => bytes));
    return wholes.some((form) => form.length > 0 && letters.includes(form));
  };
  function isWhole(stretch: Buffer): boolean {
    const budget = budgetFor(stretch.length);
    const text = textView(stretch);
    if (holdsWhole(text)) return true;
    for (const view of decodeViews(text, budget)) {
      if (holdsWhole(view)) return true;
      for (const inner of decodeViews(view, budget)) if (holdsWhole(inner)) return true;
    }
    return false;
  }
  return () => {
    let some = false;
    return {
      note(bytes, start, end) {
        const piece = bytes
          .subarray(start, end)
          .toString('latin1')
          .toLowerCase()
          .replace(/[^a-z0-9]/g, '');
        let whole = known.get(piece);
        if (whole === undefined) {
          whole = isWhole(Buffer.from(bytes.subarray(Math.max(0, start - around), end + around)));
          if (known.size >= mostRemembered) known.clear();
          known.set(piece, whole);
        }
        if (whole) return;
        some = true;
        if (pieces.size < mostPieces) pieces.add(piece);
      },
      areSpent: () => some && pieces.size >= mostPieces,
    };
  };
}

const allForms = (value: string) => [...variantsOf(value), ...rareVariantsOf(value)];
