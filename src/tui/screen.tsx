import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { runningBottles } from '../console/print-proposals.js';
import { printable } from '../contract/printable.js';
import type { Proposal } from '../contract/proposal.js';
import type { BottleIntroduction } from '../host/operator/channel.js';
import {
  detailHeight,
  detailLines,
  fitted,
  help,
  isTooSmall,
  keyLine,
  rowText,
  type Size,
  secondsLeft,
  smallest,
  wrapped,
} from './lines.js';
import { isSettled, listed, type ScreenState, selectedProposal } from './state.js';

export interface ScreenProps extends Size {
  readonly state: ScreenState;
  readonly bottles: readonly BottleIntroduction[];
  readonly history: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly coloured: boolean;
}

/** Lines besides the list: title, rule, details, message, keys. */
const furniture = 1 + 1 + detailHeight + 1 + 1;
const shortTime = 30;

export function Screen(props: ScreenProps): ReactNode {
  const { state, rows, columns } = props;
  if (isTooSmall(props)) return <TooSmall {...props} />;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Line {...props} bold>
        {title(props)}
      </Line>
      {state.mode === 'help' || state.mode === 'history' ? <Reading {...props} /> : <Held {...props} />}
      <Line {...props} bold>
        {keyLine(footer(state, props.now), columns)}
      </Line>
    </Box>
  );
}

function title({ state, bottles }: ScreenProps): string {
  const shown = listed(state).length;
  const count = shown === state.held.length ? `${shown} held` : `${shown} of ${state.held.length} held`;
  const filter = state.filter === '' ? '' : `  filter: ${printable(state.filter)}`;
  return `bot-bottle supervise   ${count} in ${runningBottles(bottles.length)}${filter}   ? for help`;
}

const answers = [
  'a approve once',
  'A for the bottle',
  'd deny',
  'n note',
  '/ filter',
  'h history',
  'q leave',
];

function footer(state: ScreenState, now: number): readonly string[] {
  if (state.mode === 'note')
    return [`note to the agent (Enter denies, Esc leaves): ${printable(state.text, 500)}_`];
  if (state.mode === 'filter')
    return [`show what contains (Enter keeps, Esc leaves): ${printable(state.text)}_`];
  if (state.mode !== 'list') return ['up/down scroll', 'Esc back to the list'];
  if (!selectedProposal(state)) return ['nothing waits', '/ filter', 'h history', '? help', 'q leave'];
  return isSettled(state, now) ? answers : ['the list has moved ...'];
}

/** Where what is decided on can't be shown, nothing is decided. */
function TooSmall({ columns, rows, state }: ScreenProps): ReactNode {
  const needed = `too small: ${smallest.columns}x${smallest.rows + 1} needed`;
  const lines = [needed, `${state.held.length} held`, 'q leave'].slice(0, Math.max(1, rows));
  return (
    <Box flexDirection="column" width={columns}>
      {lines.map((line) => (
        <Text key={line} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}

function Held(props: ScreenProps): ReactNode {
  const { state, rows, columns, bottles } = props;
  const all = listed(state);
  const height = Math.max(1, rows - furniture);
  const chosen = all.findIndex(({ id }) => id === state.selected);
  const first = Math.max(0, Math.min(chosen - Math.floor(height / 2), all.length - height));
  return (
    <>
      <Box flexDirection="column" height={height}>
        {all.slice(first, first + height).map((proposal) => (
          <Row key={proposal.id} proposal={proposal} {...props} />
        ))}
      </Box>
      <Line {...props}>{'-'.repeat(columns)}</Line>
      {detailLines(selectedProposal(state), bottles, columns).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of the pane keep their places
        <Line key={index} {...props}>
          {line}
        </Line>
      ))}
      <Line {...props}>
        {state.message || (all.length > height ? `${all.length - height} more in the list` : '')}
      </Line>
    </>
  );
}

function Row({
  proposal,
  state,
  now,
  coloured,
  columns,
}: ScreenProps & { readonly proposal: Proposal }): ReactNode {
  const chosen = proposal.id === state.selected;
  const urgent = secondsLeft(proposal, now) <= shortTime;
  return (
    <Text wrap="truncate" inverse={coloured && chosen} {...(coloured && urgent && { color: 'yellow' })}>
      {rowText(proposal, chosen, now, columns)}
    </Text>
  );
}

function Reading({ state, history, rows, columns }: ScreenProps): ReactNode {
  const texts = state.mode === 'help' ? help : history.length === 0 ? ['nothing was decided yet'] : history;
  const lines = texts.flatMap((text) => wrapped(text, columns));
  const height = Math.max(1, rows - 2);
  const first = Math.min(state.scroll, Math.max(0, lines.length - height));
  return (
    <Box flexDirection="column" height={height}>
      {lines.slice(first, first + height).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is what stands at its place
        <Text key={first + index} wrap="truncate">
          {line || ' '}
        </Text>
      ))}
    </Box>
  );
}

function Line({
  bold = false,
  coloured,
  columns,
  children,
}: ScreenProps & { readonly bold?: boolean; readonly children: string }): ReactNode {
  return (
    <Text wrap="truncate" bold={bold && coloured}>
      {fitted(children, columns) || ' '}
    </Text>
  );
}
