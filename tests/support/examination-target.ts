import assert from 'node:assert/strict';
import { type BodySource, encodingOf } from '../../src/policy/message/body.js';
import {
  examineBody,
  examineHead,
  foremost,
  type MessageHead,
} from '../../src/policy/outbound/examination.js';
import { loadDetectors } from '../../src/policy/scan/detectors.js';
import { createScanner } from '../../src/policy/scan/scanner.js';
import { triggersOf } from '../../src/policy/scan-rules/match.js';
import { type FuzzTarget, pick, type Random, upTo } from './fuzzing.js';

interface ExaminationCase {
  readonly head: MessageHead;
  readonly body: Buffer;
}

const secret = 'Vr8kTz3mQx7LwN2bYc5HdJ9s';
const scanner = createScanner(await loadDetectors('outbound', null), {
  knownSecrets: [{ name: 'SECRET', value: secret }],
});
const { keywords } = triggersOf();
/** What rules want behind a keyword, cut short, and what parts one value from the next. */
const between = ['', 'a', 'A1', '-', '_', '.', '=', '"', ' ', '\\', '%41', '","', '://a:', '\t', '&b='];
const longest = { head: 32 * 1024, body: 128 * 1024 };
/** Of so many letters a stretch of the secret tells some of it. */
const telling = 6;

/** One unit over and over, and here and there a value that the bottle holds. */
function makeText(random: Random, most: number): string {
  const unit = Array.from(
    { length: 1 + upTo(random, 2) },
    () => pick(random, keywords) + pick(random, between),
  );
  const stretch = (): string => {
    const length = 1 + upTo(random, most / 4);
    return unit
      .join('')
      .repeat(Math.ceil(length / unit.join('').length))
      .slice(0, length);
  };
  const values = Array.from({ length: upTo(random, 3) }, () =>
    pick(random, [secret, ` ${secret} `, `"${secret}"`]),
  );
  return stretch() + values.map((value) => value + stretch()).join('');
}

function makeCase(random: Random): ExaminationCase {
  const text = makeText(random, longest.head);
  const inHead = random() < 0.5;
  const type = pick(random, ['application/json', 'text/plain', 'application/x-www-form-urlencoded']);
  const query = inHead && random() < 0.3 ? `?${encodeURIComponent(text)}` : '';
  const headers = ['content-type', type, ...(inHead ? ['x-text', text] : [])];
  const body = makeText(random, longest.body);
  const isJson = random() < 0.3;
  return {
    head: { host: 'api.test', target: `/a${query}`, headers },
    body: Buffer.from(isJson ? JSON.stringify({ a: body, b: [text] }) : body),
  };
}

const examinationTarget: FuzzTarget<ExaminationCase> = {
  summary:
    'prefixes of tokens over and over, in heads and bodies: one snippet is made, and it shows no value',
  makeCase,
  check({ head, body }) {
    const source: BodySource = { bytes: body, ...encodingOf(head.headers) };
    for (const { found, outcome } of [examineHead(scanner, head), examineBody(scanner, source)]) {
      const shown = found.filter(({ snippet }) => snippet !== '');
      const first = outcome === 'complete' ? foremost(found) : null;
      assert.deepEqual(shown, first ? [first] : []);
      for (let at = 0; at + telling <= secret.length; at += 1)
        assert(!first?.snippet.includes(secret.slice(at, at + telling)), first?.snippet);
    }
  },
  show: ({ head, body }) => JSON.stringify({ head, base64: body.toString('base64') }),
};

export default examinationTarget;
