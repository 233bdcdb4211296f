import { decodeViews, fileViews } from '../views/decode.js';
import { type Budget, budgetFor, costs, spend } from './budget.js';
import type { Detector, DetectorMaterial, Look, Scene, Surface } from './detector.js';
import type { Finding, ScanResult, Sighting } from './finding.js';
import { textView, type View } from './view.js';

/** Detectors ready to look; made once, when a bottle starts, and shared by all its requests. */
export interface Scanner {
  /** Looks at `bytes` and all that they decode to. */
  scan(bytes: Uint8Array, surface: Surface, options?: ScanOptions): ScanResult;
}

interface ScanOptions {
  /** Shared by the parts of one message; a message of its own unless given. */
  readonly budget?: Budget;
  /** Leave out the views; for a caller that has made sure nothing is encoded. */
  readonly plain?: boolean;
  /** Take weaker signs too: for a message in which something was found already. */
  readonly thorough?: boolean;
  /** Called for the text itself and for each view of it, before that is looked at. */
  readonly onView?: (view: View) => void;
}

/** How often things may be wrapped in each other. */
const deepest = 2;

export function createScanner(detectors: readonly Detector[], material: DetectorMaterial): Scanner {
  const looks = detectors.map((detector) => ({ detector, look: detector.prepare(material) }));
  const decoding = looks.filter(({ detector }) => detector.decodes);
  return {
    scan(bytes, surface, options = {}) {
      const budget = options.budget ?? budgetFor(bytes.length);
      const findings: Finding[] = [];
      const text = textView(bytes);
      if (!spend(budget, bytes.length)) return { findings, outcome: 'over-budget' };
      const scene: Scene = { surface, thorough: options.thorough === true, budget };
      options.onView?.(text);
      lookAt(text, scene, looks, findings);
      if (!options.plain && decoding.length > 0) lookDeeper(text, scene, decoding, findings, options.onView);
      return { findings: merge(findings), outcome: budget.remaining >= 0 ? 'complete' : 'over-budget' };
    },
  };
}

interface Prepared {
  readonly detector: Detector;
  readonly look: Look;
}

function lookAt(view: View, scene: Scene, looks: readonly Prepared[], findings: Finding[]): void {
  for (const { detector, look } of looks) {
    look(view, scene, (sighting) => {
      // As many as the budget pays for: of those that were left out, nobody could be asked.
      if (spend(scene.budget, costs.finding)) findings.push(toFinding(detector.name, view, sighting));
    });
  }
}

/** Breadth first, until the budget is spent. */
function lookDeeper(
  text: View,
  scene: Scene,
  looks: readonly Prepared[],
  findings: Finding[],
  onView: ScanOptions['onView'],
): void {
  const { budget } = scene;
  const waiting = [text];
  for (let view = waiting.shift(); view && budget.remaining >= 0; view = waiting.shift()) {
    for (const derived of view.depth < deepest ? decodeViews(view, budget) : fileViews(view, budget)) {
      if (!spend(budget, derived.bytes.length)) return;
      onView?.(derived);
      lookAt(derived, scene, looks, findings);
      waiting.push(derived);
    }
  }
}

function toFinding(detector: string, view: View, sighting: Sighting): Finding {
  const { rule, score } = sighting;
  const [start, end] = view.origin(sighting.start, sighting.end);
  return { detector, rule, view: view.name, start, end, score, class: sighting.class };
}

/** What a value says of itself goes before what the words around it say. */
const rank = (finding: Finding): number => finding.score + (finding.class === 'contextual' ? 0 : 1);

/** One finding for each place: of several that overlap, the surest, over all the bytes of them. */
function merge(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Finding[] = [];
  for (const finding of sorted) {
    const last = merged.at(-1);
    if (!last || finding.start >= last.end || last.detector !== finding.detector) {
      merged.push(finding);
      continue;
    }
    const surest = rank(finding) > rank(last) ? finding : last;
    const { start } = last;
    const end = Math.max(last.end, finding.end);
    if (surest.start === start && surest.end === end) merged[merged.length - 1] = surest;
    else merged[merged.length - 1] = { ...surest, start, end };
  }
  return merged;
}
