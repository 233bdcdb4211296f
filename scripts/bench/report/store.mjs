// Where a run's table is kept: docs/benchmarks.json for machines, docs/benchmarks.md for readers. Quick runs have a table
// of their own for machines alone: their samples are shorter, so their ratios are other ones.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeGoals } from './goals.mjs';
import { asMarkdown, asText, figureTable, goalTable, obstacleList, resourceTable } from './table.mjs';

const introduction = `Written by \`npm run bench\`; not edited by hand. Loopback only: load generator, proxy and upstream share one machine, so
a figure is only as good as the others of the same run, taken in interleaved rounds. Each cell is the median of the rounds;
± is half of the way from the least to the most. *Better by* says how many times better bot-bottle is: above 1 it is ahead.
A dash: not measured, because it would say nothing (growth is measured for bot-bottle and direct only).`;

function machineLine({ cpu, cores, memory, node, platform }) {
  return `${cpu}, ${cores} cores, ${memory} GiB, ${platform}, Node ${node}`;
}

/** A part that was measured on another day says so. */
function headingOf({ title, rounds, seconds, date }, run) {
  const day = date === run.date ? '' : `, ${date}`;
  return `${title} (${rounds} interleaved rounds, ${Math.round(seconds)} s${day})`;
}

/** Title, tables of a run; `format` writes one table. */
function sections(run, format, heading) {
  const text = [];
  const goals = judgeGoals(run);
  if (goals.length > 0) text.push(heading('What it should show'), format(goalTable(goals)));
  const inTheWay = obstacleList(goals);
  if (inTheWay.length > 0) text.push(['What stands in the way:', '', ...inTheWay].join('\n'));
  for (const part of run.parts) {
    text.push(heading(headingOf(part, run)), format(figureTable(part)));
    text.push(...(part.notes ?? []));
    const resources = resourceTable(part, run.machine.cores);
    if (resources.rows.length > 0) {
      text.push(heading(`${part.title}: what it used (cores, mean over the rounds)`), format(resources));
    }
    for (const { title, missing } of part.absent ?? [])
      text.push(`Left out: ${title} (not installed: ${missing}).`);
  }
  return text;
}

function versions(run) {
  return run.parts.flatMap((part) =>
    part.rigs.filter(({ version }) => version).map(({ title, version }) => `- ${title}: ${version}`),
  );
}

export function printRun(run) {
  const heading = (title) => `\n== ${title}\n`;
  console.log([machineLine(run.machine), ...sections(run, asText, heading)].join('\n'));
}

/** A run of some parts takes the others from the stored one. */
function withOtherParts(stored, run) {
  if (stored === null) return run;
  const now = new Map(run.parts.map((part) => [part.name, part]));
  const parts = stored.parts.map((part) => now.get(part.name) ?? part);
  const added = run.parts.filter(({ name }) => !stored.parts.some((part) => part.name === name));
  return { ...run, parts: [...parts, ...added] };
}

const fileOf = ({ quick }) => (quick ? 'benchmarks-quick.json' : 'benchmarks.json');

/** What was left out of a part stays out of the table: it is kept where nobody else looks. */
export function storeRun(root, measured) {
  const run = measured.partial ? measured : withOtherParts(storedRun(root, measured), measured);
  const folder = measured.partial ? join(root, '.cache/bench') : join(root, 'docs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, fileOf(run)), `${JSON.stringify(run, null, 1)}\n`);
  if (!measured.quick) writeFileSync(join(folder, 'benchmarks.md'), `${asPage(run)}\n`);
  return join(folder, fileOf(run));
}

function asPage(run) {
  return [
    '# Benchmarks',
    introduction,
    `${run.date}. ${machineLine(run.machine)}.`,
    versions(run).join('\n'),
    ...sections(run, asMarkdown, (title) => `## ${title}`),
  ].join('\n\n');
}

/** The whole table that runs like this one are compared with, or null. */
export function storedRun(root, { quick = false } = {}) {
  try {
    return JSON.parse(readFileSync(join(root, 'docs', fileOf({ quick })), 'utf8'));
  } catch {
    return null;
  }
}
