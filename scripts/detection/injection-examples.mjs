// The labelled texts as the detector sees them: views, windows, features.
import { loadModule } from './load.mjs';

const { visitBlocks, bucketBits } = await loadModule('src/policy/scan-injection/blocks.ts');
const { doubtOf, windows: shape } = await loadModule('src/policy/scan-injection/model.ts');
const { hiddenText } = await loadModule('src/policy/scan-injection/hidden.ts');
const { refusalTriggers } = await loadModule('src/policy/scan-injection/triggers.ts');
const { textView } = await loadModule('src/policy/scan/view.ts');
const { decodeViews } = await loadModule('src/policy/views/decode.ts');

export const size = 1 << bucketBits;

/** Each block alone, and with the blocks before it. */
function windowsOf(blocks, wanted) {
  const found = [];
  const add = (part) => {
    if (!wanted(part[0].start, part.at(-1).end)) return;
    const features = new Uint16Array(part.reduce((sum, block) => sum + block.features.length, 0));
    let at = 0;
    for (const block of part) {
      features.set(block.features, at);
      at += block.features.length;
    }
    found.push({ features, norm: 1 / Math.sqrt(features.length + shape.smoothing) });
  };
  blocks.forEach((block, i) => {
    add([block]);
    if (i > 0) add(blocks.slice(Math.max(0, i - shape.longWindow + 1), i + 1));
  });
  return found;
}

/** Of a made-up text the windows that the attack fills by half or that hold it whole. */
function within([from, to]) {
  return (start, end) => {
    const shared = Math.min(end, to) - Math.max(start, from);
    return shared >= (end - start) / 2 || shared >= (to - from) * 0.9;
  };
}

export function toExample(row) {
  const text = textView(Buffer.from(row.text));
  const views = [];
  let quoted = false;
  const take = (view) => {
    const blocks = [];
    const counts = visitBlocks(view.bytes, (features, count, start, end) =>
      blocks.push({ features: features.slice(0, count), start, end }),
    );
    if (counts.attackWords >= shape.attackWords && counts.attackKinds >= shape.attackKinds) quoted = true;
    views.push({
      windows: windowsOf(blocks, row.span ? within(row.span) : () => true),
      doubt: doubtOf(blocks.length),
    });
  };
  take(text);
  const budget = { remaining: 1e8 };
  if (!row.span)
    for (const view of decodeViews(text, budget)) {
      take(view);
      for (const inner of decodeViews(view, budget)) take(inner);
    }
  // What the rules beside the model say, with scores of their own.
  const byRule = Math.max(
    0,
    ...Array.from(hiddenText(text), ({ score }) => score),
    ...Array.from(refusalTriggers(text.bytes), () => 0.95),
  );
  return { row, views, quoted, byRule };
}
