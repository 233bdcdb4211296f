import assert from 'node:assert/strict';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import knownSecrets from '../../src/policy/detectors/known-secrets.js';
import { bodyParts, partFindings } from '../../src/policy/message/body.js';
import { budgetFor } from '../../src/policy/scan/budget.js';
import { createScanner } from '../../src/policy/scan/scanner.js';
import { pngOf, tarOf, zipOf } from './evasion/files.js';
import { type FuzzTarget, pick, type Random, upTo } from './fuzzing.js';

interface MessageCase {
  readonly bytes: Buffer;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  /** What was done to the secret to get here; `damaged` when bytes were changed after it. */
  readonly steps: readonly string[];
  readonly damaged: boolean;
}

const secret = 'Vr8kTz3mQx7LwN2bYc5HdJ9s';
const scanner = createScanner([knownSecrets], { knownSecrets: [{ name: 'SECRET', value: secret }] });

const boundary = 'fuzz1boundary';
/** Ways to wrap bytes; those of text need text. */
const wraps: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  zlib: (bytes) => deflateSync(bytes),
  deflate: (bytes) => deflateRawSync(bytes),
  brotli: (bytes) => brotliCompressSync(bytes),
  zip: (bytes) => zipOf('member', bytes, { deflate: true }),
  'stored zip': (bytes) => zipOf('member', bytes, { deflate: false }),
  tar: (bytes) => tarOf('member', bytes),
  png: (bytes) => pngOf('zTXt', bytes),
  base64: (bytes) => Buffer.from(bytes.toString('base64')),
  JSON: (bytes) => Buffer.from(JSON.stringify({ id: 1, data: bytes.toString('latin1'), done: true })),
  form: (bytes) => Buffer.from(new URLSearchParams({ a: '1', data: bytes.toString('latin1') }).toString()),
  multipart: (bytes) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="x"\r\n\r\n`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
};
/** These hold text only: what they are given must be some. */
const ofText = new Set(['JSON', 'form']);
const types = [
  'application/json',
  'text/plain',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  `multipart/form-data; boundary=${boundary}`,
  'multipart/mixed; boundary="',
  null,
];
const codings = [null, null, null, 'gzip', 'br', 'deflate', 'gzip, gzip, gzip', 'zstd', 'identity, GZIP'];

function makeCase(random: Random): MessageCase {
  const steps: string[] = [];
  let bytes: Buffer = Buffer.from(`some words, then ${secret} and more of them`);
  const most = upTo(random, 4);
  for (let step = 0; step < most; step += 1) {
    const name = pick(random, Object.keys(wraps));
    if (ofText.has(name) && /[^\t\r\n -~]/.test(bytes.toString('latin1'))) continue;
    bytes = Buffer.from((wraps[name] as (bytes: Buffer) => Buffer)(bytes));
    steps.push(name);
  }
  const damaged = random() < 0.6;
  if (damaged) bytes = damage(random, bytes);
  const contentEncoding = damaged ? pick(random, codings) : null;
  return { bytes, contentType: pick(random, types), contentEncoding, steps, damaged };
}

/** Changes bytes, cuts, doubles, and puts in what lengths and counts are read from. */
function damage(random: Random, bytes: Buffer): Buffer {
  let damaged: Buffer = Buffer.from(bytes);
  for (let change = upTo(random, 6); change >= 0 && damaged.length > 0; change -= 1) {
    const at = upTo(random, damaged.length - 1);
    const kind = upTo(random, 4);
    if (kind === 0) damaged[at] = upTo(random, 255);
    else if (kind === 1) damaged = damaged.subarray(0, at);
    else if (kind === 2) damaged = Buffer.concat([damaged, damaged.subarray(at)]);
    else if (kind === 3) damaged.fill(0xff, at, Math.min(damaged.length, at + 4));
    else damaged = Buffer.concat([damaged.subarray(0, at), Buffer.from('"\\{[--=%&'), damaged.subarray(at)]);
  }
  return damaged;
}

/** Compressed without a header that says so: told only where nothing or a part's own bounds are around it. */
const unnamed = new Set(['zlib', 'deflate', 'brotli']);

const mustBeSeen = (steps: readonly string[]): boolean =>
  steps.length <= 2 &&
  steps.every((step, at) => !unnamed.has(step) || at === steps.length - 1 || steps[at + 1] === 'multipart');

const messageTarget: FuzzTarget<MessageCase> = {
  summary: 'bodies taken apart: nothing throws, no more is visited than the budget, a whole secret is seen',
  makeCase,
  check({ bytes, contentType, contentEncoding, steps, damaged }) {
    const budget = budgetFor(bytes.length);
    const most = budget.remaining;
    let visited = 0;
    let found = false;
    const { outcome } = bodyParts({ bytes, contentType, contentEncoding }, budget, (part) => {
      visited += part.bytes.length;
      const result = scanner.scan(part.bytes, part.surface, { budget });
      found ||= result.outcome !== 'complete' || partFindings(part, result.findings).length > 0;
      return true;
    });
    assert(visited <= most + bytes.length);
    assert(['complete', 'over-budget', 'cannot-scan'].includes(outcome));
    if (!damaged && mustBeSeen(steps)) assert(found || outcome !== 'complete', 'the secret went unseen');
  },
  show: ({ bytes, steps, contentType, contentEncoding }) =>
    JSON.stringify({ steps, contentType, contentEncoding, base64: bytes.toString('base64') }),
};

export default messageTarget;
