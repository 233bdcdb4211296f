import { isatty } from 'node:tty';
import type { Command } from '../console/command.js';
import { printable } from '../contract/printable.js';
import { hostServices } from '../host/services.js';
import { managementOf } from '../launch/find-bottle.js';

const diff: Command = {
  name: 'diff',
  order: 34,
  summary: 'print what an agent changed in its copy of the workspace, as a patch',
  configure(parser, context) {
    parser
      .argument('<bottle>', 'a bottle started with --workspace-mode copy, running or ended')
      .addHelpText(
        'after',
        "\nExample:\n  bot-bottle diff sandbox-1a2b | git apply --stat      look before you apply it\n\nWhat .gitignore names is left out. Read the patch as you would a stranger's.",
      )
      .action(async (bottle: string) => {
        const services = hostServices(context.environment);
        const patch = await (await managementOf(bottle, services)).diff(bottle, services);
        // A program gets the very bytes; a terminal must not do what an agent wrote into a file.
        context.print(isatty(1) ? shown(patch) : patch);
      });
  },
};

function shown(patch: Buffer): string {
  return patch
    .toString('utf8')
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .map((part) => printable(part, Number.POSITIVE_INFINITY))
        .join('\t'),
    )
    .join('\n');
}

export default diff;
