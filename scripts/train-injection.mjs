// Trains the model of naive_injection_detection (src/policy/scan-injection): one weight for each bucket of words, pairs of
// words and classes of words, from the labelled corpora, texts made from a grammar, and files of this checkout's dependencies
// (and of folders in BOT_BOTTLE_CLEAN). Only the weights, eight bits each, end up in the repository.
// Prints what held-out texts come to, and keeps it for bench:detect. `--split=technique` or `--split=family` does that for
// held-out techniques, or families of them, and leaves the weights.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanFiles } from './detection/clean-files.mjs';
import { readCorpus } from './detection/corpora.mjs';
import { size, toExample } from './detection/injection-examples.mjs';
import { heldOutFile } from './detection/injection-held-out.mjs';
import { train } from './detection/injection-model.mjs';
import { describeHeldOut, heldOut, splits, thresholdsOf } from './detection/injection-splits.mjs';
import { root } from './detection/load.mjs';
import { madeUpAttacks, madeUpClean } from './detection/made-up.mjs';

const rows = readCorpus('injection');
const others = readCorpus('secrets');
if (!rows || !others) process.exit(1);

// Projects about attacks on models hold such texts themselves.
const aboutAttacks =
  /inject|jailbreak|rebuff|garak|llm|prompt|attack|guard|secalign|agentdojo|harm|system-prompts|claude|agent/i;
const code = others
  .filter(({ label, source }) => label === 'clean' && !aboutAttacks.test(source))
  .map((row) => ({ ...row, tier: 'code' }));
const files = [
  ...cleanFiles(join(root, 'node_modules'), 700),
  ...cleanFiles(process.env.BOT_BOTTLE_CLEAN, 1500),
].filter(({ text }) => text.length > 50);
const hosts = files.map(({ text }) => text).filter((text) => text.length > 500);
const examples = [...rows, ...code, ...files, ...madeUpAttacks(300, hosts), ...madeUpClean(700)].map(
  toExample,
);

const split = process.argv.find((word) => word.startsWith('--split='))?.slice('--split='.length) ?? 'text';
const odds = heldOut(examples, splits[split], size);
const thresholds = thresholdsOf(examples, odds);
const lines = describeHeldOut(split, examples, odds, thresholds);
console.log(lines.join('\n'));
writeFileSync(heldOutFile(split), `${lines.join('\n')}\n`);
if (split === 'text') write(train(examples, size), thresholds);

function write({ weights, bias }, { warn, block }) {
  const scale = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127;
  const table = Buffer.from(Int8Array.from(weights, (w) => Math.round(w / scale)).buffer);
  writeFileSync(
    join(root, 'src/policy/scan-injection/weights.ts'),
    `// Made by scripts/train-injection.mjs: one signed byte a bucket, base64; odds = sum * scale + bias.\n` +
      `export const injectionBias = ${bias.toFixed(4)};\nexport const injectionScale = ${scale.toFixed(6)};\n` +
      `export const injectionWarn = ${warn.toFixed(3)};\nexport const injectionBlock = ${block.toFixed(3)};\n` +
      `export const injectionTable =\n  '${table.toString('base64')}';\n`,
  );
}
