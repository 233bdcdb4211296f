import { hostWithin, reasonOf } from '../console/print-proposals.js';
import { localTime } from '../console/time.js';
import { printable } from '../contract/printable.js';
import type { Proposal } from '../contract/proposal.js';
import type { BottleIntroduction } from '../host/operator/channel.js';

/** What the screen needs to show what is decided on, and the keys. Characters; rows without the terminal's last. */
export const smallest = { rows: 14, columns: 72 } as const;

export interface Size {
  /** One less than the terminal has. */
  readonly rows: number;
  readonly columns: number;
}

export const isTooSmall = ({ rows, columns }: Size): boolean =>
  rows < smallest.rows || columns < smallest.columns;

export const help: readonly string[] = [
  'Requests of all running bottles wait here, oldest first. Nothing of',
  'them has been sent. One that nobody answers is refused when its',
  'seconds are over.',
  '',
  '  up, k / down, j   choose',
  '  a                 approve this one request',
  '  A                 approve, as long as the bottle lives: the same',
  '                    value to the same host, or the same unknown host',
  '  d                 deny this one request',
  '  D                 deny, as long as the bottle lives',
  '  n                 deny, with a note that the agent reads',
  '  /                 show only what contains a text; Esc shows all',
  '  h                 what was decided before, from the log',
  '  ?                 this help',
  '  q, Ctrl-C         leave; what waits goes on waiting',
  '',
  'A request that came under the cursor by itself can be answered after',
  'half a second: a key meant for the one before does not hit it.',
];

/** What the keys do, as far apart as there is room. */
export function keyLine(keys: readonly string[], columns: number): string {
  const gap = ['   ', '  '].find((wide) => keys.join(wide).length <= columns) ?? ' ';
  return keys.join(gap);
}

/** Beyond it letters may be two columns wide (Unicode, EastAsianWidth.txt); the few that aren't get room too many. */
const firstWide = 0x1100;

/** How much of a text fits into so many columns, in UTF-16 units. */
function fitting(text: string, columns: number): number {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += (character.codePointAt(0) ?? 0) < firstWide ? 1 : 2;
    if (width > columns) return end;
    end += character.length;
  }
  return end;
}

/** A line cut to what fits: one column too many would move all that is above it off the screen. */
export function fitted(line: string, columns: number): string {
  if (fitting(line, columns) === line.length) return line;
  return `${line.slice(0, fitting(line, columns - 1))}\u2026`;
}

/** A line in pieces that fit; those after the first are indented. */
export function wrapped(line: string, columns: number): readonly string[] {
  const pieces: string[] = [];
  let rest = line;
  for (let room = fitting(rest, columns); room < rest.length; room = fitting(rest, columns)) {
    const space = rest.lastIndexOf(' ', room);
    const end = space > room / 2 ? space : room;
    pieces.push(rest.slice(0, end).trimEnd());
    rest = `  ${rest.slice(end).trimStart()}`;
  }
  return [...pieces, rest];
}

export function secondsLeft({ deadline }: Proposal, now: number): number {
  return Math.max(0, Math.ceil((deadline - now) / 1000));
}

/** Characters beside the host. */
const rowBesides = 40;
const detailBesides = 11;

/** A row of the list; `>` marks the chosen one, also where there is no colour. */
export function rowText(proposal: Proposal, chosen: boolean, now: number, columns: number): string {
  const { id, method, host, path } = proposal;
  const left = `${secondsLeft(proposal, now)} s`.padStart(6);
  const asked = `${printable(method)} ${hostWithin(host, columns - rowBesides)}${printable(path)}`;
  return fitted(`${chosen ? '>' : ' '} ${left}  ${printable(id).padEnd(16)}  ${asked}`, columns);
}

/** The details pane: always {@link detailHeight} lines. */
export const detailHeight = 7;

export function detailLines(
  proposal: Proposal | null,
  bottles: readonly BottleIntroduction[],
  columns: number,
): readonly string[] {
  if (!proposal) return new Array<string>(detailHeight).fill('');
  const { id, bottle, time, method, host, path, rule, snippet } = proposal;
  const introduction = bottles.find((one) => one.bottle === bottle);
  return [
    `request   ${printable(`${method} ${path}`)}`,
    `host      ${hostWithin(host, columns - detailBesides)}`,
    `why       ${reasonOf(proposal)} (${printable(rule)})`,
    `found     ${snippet === null ? '-' : printable(snippet)}`,
    `asked     ${localTime(time)}, as ${printable(id)}`,
    `agent     ${introduction ? printable(`${introduction.agent} on ${introduction.backend}`) : '-'}`,
    `in        ${introduction ? printable(introduction.workspace) : '-'}`,
  ];
}
