// How many of the labelled secrets are found, how many clean texts are flagged, and whether redaction covers the spans.
import { readCorpus } from './corpora.mjs';

const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`);

export function secretQuality(scan, redact) {
  const rows = readCorpus('secrets');
  if (!rows) return null;
  const groups = new Map();
  const missed = [];
  const alarms = [];
  let spans = 0;
  let uncovered = 0;
  let partly = 0;
  for (const row of rows) {
    const bytes = Buffer.from(row.text);
    const { findings } = scan(bytes);
    const flagged = findings.length > 0;
    const key = row.label === 'secret' ? `${row.class} ${row.tier}` : `clean ${row.tier}`;
    const group = groups.get(key) ?? { flagged: 0, total: 0, providers: new Map() };
    groups.set(key, group);
    group.total += 1;
    if (flagged) group.flagged += 1;
    if (row.label === 'secret') {
      const provider = group.providers.get(row.rule ?? '-') ?? [0, 0];
      group.providers.set(row.rule ?? '-', [provider[0] + (flagged ? 1 : 0), provider[1] + 1]);
      if (!flagged) missed.push(row);
    } else if (flagged) alarms.push({ row, findings });
    if (row.label === 'secret' && flagged && row.secret) {
      const redacted = redact(bytes, findings);
      const text = redacted.toString('utf8');
      for (const secret of row.secret) {
        spans += 1;
        if (text.includes(secret)) uncovered += 1;
        if (!isWhollyCovered(bytes, redacted, Buffer.from(secret))) partly += 1;
      }
    }
  }
  return { rows, groups, missed, alarms, spans, uncovered, partly };
}

/** Whether no byte of the value is left where it stood first. */
function isWhollyCovered(bytes, redacted, secret) {
  const start = bytes.indexOf(secret);
  const end = start + secret.length;
  return bytes.subarray(start, end).every((byte, i) => byte === 0x2a || redacted[start + i] === 0x2a);
}

export function printQuality({ groups, spans, uncovered, partly }, byProvider) {
  const sum = (test) => {
    let flagged = 0;
    let total = 0;
    for (const [key, group] of groups)
      if (test(key)) {
        flagged += group.flagged;
        total += group.total;
      }
    return `${percent(flagged, total)} (${flagged} of ${total})`;
  };
  console.log(`structured, provider tokens    ${sum((key) => key === 'structured rule-tp')}`);
  console.log(`contextual, provider tokens    ${sum((key) => key === 'contextual rule-tp')}`);
  console.log(`real code, creddata-T          ${sum((key) => key.endsWith('creddata-T'))}`);
  console.log(
    `false alarms, real clean text  ${sum((key) => key.startsWith('clean') && key !== 'clean near-miss')}`,
  );
  console.log(`false alarms, near-misses      ${sum((key) => key === 'clean near-miss')}`);
  console.log(
    `redaction, spans left open     ${uncovered} of ${spans}, not covered to the last byte ${partly}`,
  );
  for (const [key, { flagged, total }] of [...groups].sort())
    console.log(`  ${key.padEnd(36)} ${percent(flagged, total).padStart(9)}  ${flagged} of ${total}`);
  if (!byProvider) return;
  for (const [key, { providers }] of [...groups].sort())
    for (const [provider, [flagged, total]] of [...providers].sort())
      if (flagged < total) console.log(`    ${key}: ${provider} ${flagged} of ${total}`);
}
