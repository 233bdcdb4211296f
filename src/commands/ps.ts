import type { Command } from '../console/command.js';
import { printable, printableJson } from '../contract/printable.js';
import { hostServices } from '../host/services.js';
import { allBackends } from '../launch/choose-backend.js';
import { allBottles } from '../launch/find-bottle.js';
import type { Backend, BottleSummary } from '../plan/ports.js';

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
        if (json) context.print(`${printableJson(bottles, null, 2)}\n`);
        else context.print(bottles.length === 0 ? nothing(await allBackends()) : table(bottles));
      });
  },
};

/** Says what was not looked for, too. */
function nothing(backends: readonly Backend[]): string {
  const names = (listed: boolean) =>
    backends
      .filter(({ management }) => (management !== undefined) === listed)
      .map(({ name }) => name)
      .join(', ');
  return `no bottle of ${names(true)}; those of ${names(false)} end with their command line and are not listed\n`;
}

function table(bottles: readonly BottleSummary[]): string {
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
