// Megabytes a second on one core: clean text by kind; and what a small request costs.
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

/** The text over and over, up to `size` bytes. */
export function repeat(text, size) {
  return Buffer.concat(Array(Math.ceil(size / text.length)).fill(text)).subarray(0, size);
}

/** MB a second of processor time (all threads, the collector's too): what else runs here counts less. */
export function once(call, text) {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return text.length / Math.max(1, user + system);
}

/** The best of a few runs. */
export function rate(scan, text, runs = 25) {
  scan(text);
  let best = 0;
  for (let i = 0; i < runs; i += 1)
    best = Math.max(
      best,
      once(() => scan(text), text),
    );
  return best;
}

/** What a model's client sends: the lines of its head in one text, and a body of 1 KB. */
export function typicalRequest() {
  const head = [
    'POST /v1/messages?beta=true',
    'host: api.example.com',
    'user-agent: agent-cli/1.0.83 (external, cli)',
    'accept: application/json',
    'accept-encoding: gzip, deflate, br',
    'content-type: application/json',
    'content-length: 1024',
    'x-client-lang: js',
    'x-client-package-version: 0.55.1',
    'x-client-runtime-version: v20.20.2',
    'api-version: 2023-06-01',
    'x-request-id: 7f3a9c52-51f0-4c8e-9b57-1f2d8c3a5e61',
    'connection: keep-alive',
  ].join('\t');
  const messages = Array.from({ length: 9 }, (_, i) => ({
    role: i % 2 ? 'assistant' : 'user',
    content: `Please read file number ${i} and tell me what the function does there.`,
  }));
  const body = JSON.stringify({ model: 'a-model', messages }).padEnd(1024).slice(0, 1024);
  return { head: Buffer.from(head), body: Buffer.from(body) };
}

/** Microseconds of processor time a call takes, the best of a few rounds. */
export function microseconds(call) {
  const calls = 5000;
  for (let i = 0; i < calls; i += 1) call();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i += 1) call();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / calls);
  }
  return best;
}
