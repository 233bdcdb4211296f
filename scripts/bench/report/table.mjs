// A run as tables of text cells, for the terminal and for Markdown alike.
import { digits } from '../shared/statistics.mjs';
import { areCompared, timesBetter } from './ratios.mjs';

function cell(result, name) {
  const summary = result?.figures[name];
  if (!summary) return result ? 'fails' : '–';
  const share = summary.share === undefined ? '' : ` (${Math.round(summary.share * 100)} %)`;
  if (summary.least === summary.most) return digits(summary.median) + share;
  return `${digits(summary.median)} ±${Math.round(summary.spread * 100)}%${share}`;
}

function ratioCell(figure, name, ours, result) {
  const left = ours?.figures[name];
  const right = result?.figures[name];
  return left && right ? `${digits(timesBetter(figure, left, right))}×` : '';
}

function figureTitle(figure) {
  return figure.title ? `${figure.title}, ${figure.unit}` : figure.unit;
}

/** Medians a rig, and under each how many times better each of our rigs is. */
export function figureTable(part) {
  const ours = part.rigs.filter(({ kind }) => kind === 'ours');
  const rows = [];
  for (const { title, figures, results } of part.cases) {
    rows.push({ heading: title });
    for (const [name, figure] of Object.entries(figures)) {
      rows.push({ cells: [figureTitle(figure), ...part.rigs.map((rig) => cell(results[rig.name], name))] });
      for (const mine of ours) {
        const ratios = part.rigs.map((rig) =>
          areCompared(mine, rig) ? ratioCell(figure, name, results[mine.name], results[rig.name]) : '',
        );
        const label = ours.length > 1 ? `  ${mine.name} is better by` : '  better by';
        if (ratios.some((text) => text !== '')) rows.push({ cells: [label, ...ratios], ratio: true });
      }
    }
  }
  return { head: ['', ...part.rigs.map(({ name }) => name)], rows };
}

/** A process that uses this much of a core sets the pace. */
const busy = 0.85;

function saturated({ cores }, machineCores) {
  const full = Object.entries(cores).filter(([name, used]) => name !== 'others' && used >= busy);
  const all = Object.values(cores).reduce((sum, used) => sum + used, 0);
  if (all >= busy * machineCores) full.push(['machine', all]);
  return full.map(([name]) => name).join(', ') || '–';
}

/** What each rig used in each case. */
export function resourceTable(part, machineCores) {
  const rows = [];
  for (const { title, results } of part.cases) {
    const measured = part.rigs.filter((rig) => results[rig.name]?.cores);
    if (measured.length > 0) rows.push({ heading: title });
    for (const rig of measured) {
      const result = results[rig.name];
      const { proxy, client, upstream, others } = result.cores;
      rows.push({
        cells: [
          rig.name,
          ...[proxy, client, upstream, others].map((used) => used.toFixed(2)),
          saturated(result, machineCores),
          rig.kind === 'limit' || result.proxyMicrosecondsEach === null
            ? '–'
            : digits(result.proxyMicrosecondsEach),
          rig.kind === 'limit' ? '–' : digits(result.peakMegabytes),
          String(result.errors) + (result.failure ? ` (${result.failure})` : ''),
        ],
      });
    }
  }
  return {
    head: ['', 'proxy', 'client', 'upstream', 'all else', 'saturated', 'proxy µs each', 'peak MB', 'errors'],
    rows,
  };
}

/** For each goal that is missed, what stands in the way. */
export function obstacleList(goals) {
  const missed = goals.filter(({ met }) => !met);
  return missed.map(
    ({ title, rig, why }) => `- ${title} (${rig}): ${why?.replace(/\s+/g, ' ') ?? 'not looked into yet.'}`,
  );
}

export function goalTable(goals) {
  return {
    head: ['', 'rig', 'measured', 'wanted', ''],
    rows: goals.map(({ title, rig, value, unit, least, most, met }) => ({
      cells: [
        title,
        rig,
        `${digits(value)} ${unit}`,
        least === undefined ? `at most ${most} ${unit}` : `at least ${least} ${unit}`,
        met ? 'met' : 'missed',
      ],
    })),
  };
}

export function asText({ head, rows }) {
  const lines = [head, ...rows.filter(({ cells }) => cells).map(({ cells }) => cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const line = (cells) =>
    cells
      .map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(({ cells, heading }) => (cells ? line(cells) : `\n${heading}`))].join('\n');
}

export function asMarkdown({ head, rows }) {
  const line = (cells) => `| ${cells.map((text) => text.trim().replaceAll('|', '\\|')).join(' | ')} |`;
  const body = rows.map(({ cells, heading, ratio }) => {
    if (heading) return line([`**${heading}**`, ...head.slice(1).map(() => '')]);
    return line(ratio ? cells.map((text) => (text === '' ? '' : `*${text.trim()}*`)) : cells);
  });
  return [line(head), `|${head.map((_, column) => (column === 0 ? '---' : '--:')).join('|')}|`, ...body].join(
    '\n',
  );
}
