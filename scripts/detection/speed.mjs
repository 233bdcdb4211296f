// Megabytes a second on one core: clean text by kind, the cost of known secrets, and the worst that a fuzzer finds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './load.mjs';

const read = (path) => {
  try {
    return readFileSync(join(root, path));
  } catch {
    return Buffer.alloc(0);
  }
};

/** Clean texts that every checkout has: its own sources, its lock file, its dependencies' code, JSON made of them. */
export function cleanTexts(size) {
  const source = Buffer.concat(
    [
      'commander/lib/command.js',
      'undici/lib/dispatcher/client-h1.js',
      'undici/lib/web/fetch/index.js',
      'yaml/dist/compose/composer.js',
      'ajv/lib/core.ts',
    ].map((name) => read(`node_modules/${name}`)),
  );
  const turns = source
    .toString('utf8')
    .split('\n\n')
    .map((content, i) => ({
      role: i % 2 ? 'assistant' : 'user',
      content: [{ type: 'text', text: content }],
    }));
  const json = Buffer.from(JSON.stringify({ model: 'a-model', max_tokens: 4096, messages: turns }));
  const rows = Array.from({ length: 2000 }, (_, i) => ({
    id: i,
    name: `item ${i}`,
    price: i * 1.25,
    tags: ['a', 'b'],
    active: i % 3 === 0,
  }));
  const texts = {
    'JSON records': Buffer.from(JSON.stringify(rows)),
    'JSON of a model client': json,
    'source code': source,
    'lock file': read('package-lock.json'),
    prose: read('LICENSE'),
  };
  return Object.entries(texts)
    .filter(([, text]) => text.length > 0)
    .map(([name, text]) => [name, repeat(text, size)]);
}

function repeat(text, size) {
  return Buffer.concat(Array(Math.ceil(size / text.length)).fill(text)).subarray(0, size);
}

/** The best of a few runs, MB a second of processor time (all threads, the collector's too): what else runs here counts less. */
export function rate(scan, text, runs = 7) {
  scan(text);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i += 1) {
    const before = process.cpuUsage();
    scan(text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, Math.max(1, user + system));
  }
  return text.length / best;
}

/** Inputs made to be slow: every keyword over and over, with what its rule wants next cut short, and encodings in layers. */
export function* hostileTexts(keywords, size) {
  const bodies = ['', 'a', 'A1', '-', '_', '.', '=', '"', ' ', '\\', '%41', '","', '://a:', '.eyJ', '\n'];
  for (const keyword of keywords)
    for (const body of bodies) yield [`${keyword}${body}`, repeat(Buffer.from(keyword + body), size)];
  const base64 = Buffer.from('a perfectly readable sentence, ').toString('base64');
  for (const [name, unit] of Object.entries({
    base64,
    'base64 twice': Buffer.from(base64.repeat(9)).toString('base64'),
    hex: Buffer.from('readable text in hex ').toString('hex'),
    percent: '%61%62%63',
    'percent twice': '%2561%2562',
    unicode: '\\u0061\\u0062',
    references: '&#97;&#98;',
    spaced: 'a b c d ',
    'full-width': 'ａｂｃ',
    'key = value': 'api_key = "q9w8e7r6t5y4u3i2o1p0" token: ',
    zeros: '\0a',
    quotes: '"\'"\'',
  }))
    yield [name, repeat(Buffer.from(unit), size)];
}
