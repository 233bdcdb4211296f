import { describe, expect, it } from 'vitest';
import knownSecrets from '../../../../src/policy/detectors/known-secrets.js';
import tokenPatterns from '../../../../src/policy/detectors/token-patterns.js';
import { bodyParts, partFindings } from '../../../../src/policy/message/body.js';
import { headFindings, requestHeadText } from '../../../../src/policy/message/head.js';
import { budgetFor } from '../../../../src/policy/scan/budget.js';
import { createScanner, type Scanner } from '../../../../src/policy/scan/scanner.js';
import type { Message } from '../../../support/evasion/places.js';
import { canRead } from '../../../support/evasion/reader.js';
import { evasionCases } from '../../../support/evasion/table.js';
import { cleanValue, secretValues } from '../../../support/evasion/values.js';
import { randomOf } from '../../../support/fuzzing.js';

const values = secretValues(randomOf(Number(process.env['SEED'] ?? 7)));
const scanner = createScanner([tokenPatterns, knownSecrets], {
  knownSecrets: [{ name: 'KNOWN', value: values[0]?.value ?? '' }],
});

function found(m: Message): string[] {
  const names: string[] = [];
  const head = requestHeadText(`${m.label ? `${m.label}.` : ''}w.evade.test`, m.target, m.headers);
  const r = scanner.scan(head.bytes, 'header');
  names.push(...headFindings(head, r.findings).map(({ finding }) => finding.detector));
  if (m.body) {
    const h = (n: string) => {
      const at = m.headers.findIndex((x, i) => i % 2 === 0 && x.toLowerCase() === n);
      return at < 0 ? null : (m.headers[at + 1] ?? null);
    };
    const budget = budgetFor(m.body.length);
    const o = bodyParts(
      { bytes: m.body, contentType: h('content-type'), contentEncoding: h('content-encoding') },
      budget,
      (part) => {
        const r = scanner.scan(part.bytes, 'body', { budget });
        if (r.outcome !== 'complete') names.push(r.outcome);
        names.push(...partFindings(part, r.findings).map((f) => f.detector));
        return undefined;
      },
    );
    if (o.outcome !== 'complete') names.push(o.outcome);
  }
  if (m.trailers) names.push('trailers');
  return names;
}

describe('table', () => {
  it('all', () => {
    const misses: string[] = [];
    const unread: string[] = [];
    const falseAlarms: string[] = [];
    let n = 0;
    for (const { kind, value, detector } of values) {
      for (const c of evasionCases(value)) {
        n += 1;
        const names = c.messages(value).flatMap(found);
        if (!names.includes(detector) && !names.includes('trailers'))
          misses.push(`${kind}: ${c.name} ${names}`);
        if (kind === 'GitHub token' || kind === 'known secret') {
          const rec = c.messages(value).map((m) => ({
            host: `${m.label ? `${m.label}.` : ''}w.evade.test`,
            target: m.target,
            headers: m.headers,
            body: m.body ?? Buffer.alloc(0),
            trailers: m.trailers ?? [],
          }));
          if (process.env['READ'] && !canRead(rec, value, kind === 'known secret'))
            unread.push(`${kind} ${c.name}`);
          const clean = c.messages(cleanValue(value.length)).flatMap(found);
          if (clean.length) falseAlarms.push(`${c.name}: ${clean}`);
        }
      }
    }
    console.log(n, 'cases', misses.length, 'missed', unread.length, 'unread', falseAlarms.length, 'false');
    console.log(`MISSES\n${misses.join('\n')}`);
    console.log(`UNREAD\n${unread.join('\n')}`);
    console.log(`FALSE\n${falseAlarms.join('\n')}`);
  }, 300000);
});
