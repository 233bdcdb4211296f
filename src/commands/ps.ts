import type { Command } from '../console/command.js';
import { printable } from '../contract/printable.js';
import { hostServices } from '../host/services.js';
import { allBottles } from '../launch/find-bottle.js';
import type { BottleSummary } from '../plan/ports.js';

const ps: Command = {
  name: 'ps',
  order: 30,
  summary: 'list the bottles that are there',
  configure(parser, context) {
    parser
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        "\nA bottle is 'abandoned' where the command line that ran it is gone; `bot-bottle prune` takes it away.\nBubblewrap's bottles end with their command line and are not listed.",
      )
      .action(async ({ json }: { json?: boolean }) => {
        const bottles = await allBottles(hostServices(context.environment));
        context.print(json ? `${JSON.stringify(bottles, null, 2)}\n` : table(bottles));
      });
  },
};

function table(bottles: readonly BottleSummary[]): string {
  if (bottles.length === 0) return 'no bottle\n';
  const rows = [
    ['BOTTLE', 'STATE', 'STARTED', 'BARRIER', 'WORKSPACE'],
    ...bottles.map(({ id, state, started, barrier, workspace }) => [
      id,
      state,
      started === 0 ? '-' : new Date(started).toISOString(),
      barrier,
      workspace,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

export default ps;
