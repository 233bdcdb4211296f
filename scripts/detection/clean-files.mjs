import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files of one folder are much alike. */
const mostInFolder = 12;

/** Text files of folders that the caller knows to be clean, joined by `:`; at most `most`, spread evenly. */
export function cleanFiles(folders, most) {
  const files = [];
  const walk = (folder) => {
    let here = 0;
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (
        /\.(?:m?[jt]s|py|md|json|ya?ml|toml|c|h|sh|css|html|txt|rst)$/.test(entry.name) &&
        entry.isFile() &&
        here < mostInFolder
      ) {
        here += 1;
        files.push(path);
      }
    }
  };
  for (const folder of (folders ?? '').split(':').filter(Boolean)) walk(folder);
  const step = Math.max(1, Math.floor(files.length / most));
  return files
    .filter((_, i) => i % step === 0)
    .map((path) => ({
      text: readFileSync(path, 'utf8').slice(0, 12_000),
      source: path,
      label: 'clean',
      tier: 'files',
    }));
}

const readable = /\.(?:m?[jt]s|map|py|pl|pm|md|json|ya?ml|toml|c|h|sh|css|html|txt|rst)$/;
const largest = 300_000;
const beginning = 120_000;

/** The bytes that every text file of the folders begins with, one file after the other. */
export function* cleanBeginnings(folders) {
  for (const folder of folders.split(':').filter(Boolean)) yield* beginningsBelow(folder);
}

function* beginningsBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* beginningsBelow(path);
    else if (entry.isFile() && readable.test(entry.name) && statSync(path).size <= largest)
      yield readFileSync(path).subarray(0, beginning);
  }
}

/** Random bytes as text, in whose long runs a word such as `pwd` stands by chance; the same ones in every run. */
export function* randomRuns(count) {
  for (let run = 0; run < count; run += 1) {
    const blocks = Array.from({ length: 1024 }, (_, at) =>
      createHash('sha512').update(`clean ${run} ${at}`).digest(),
    );
    yield Buffer.from(Buffer.concat(blocks).toString(run % 2 === 0 ? 'base64' : 'base64url'));
  }
}
