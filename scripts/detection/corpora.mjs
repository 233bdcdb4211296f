// The labelled corpora lie outside the repository; nothing of them is copied into it.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './load.mjs';

const folder = resolve(root, process.env.BOT_BOTTLE_CORPORA ?? '../shared/corpora');

/** @returns the rows of `NAME.dev.jsonl.gz`, or null with the reason told when it isn't there. */
export function readCorpus(name) {
  const file = join(folder, `${name}.dev.jsonl.gz`);
  if (!existsSync(file)) {
    console.log(`skipped: ${name} (no ${file}; set BOT_BOTTLE_CORPORA)`);
    return null;
  }
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
