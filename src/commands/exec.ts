import type { Command } from '../console/command.js';
import { hostServices } from '../host/services.js';
import { managementOf } from '../launch/find-bottle.js';

const exec: Command = {
  name: 'exec',
  order: 31,
  summary: "run another command in the agent's place",
  configure(parser, context) {
    parser
      .argument('<bottle>', "a bottle's name, see `bot-bottle ps`")
      .argument('<command...>', 'what to run')
      .passThroughOptions()
      .option('-i, --interactive', 'pass standard input on (it always is)')
      .option('-t, --tty', 'give the command a terminal')
      .addHelpText(
        'after',
        "\nExamples:\n  bot-bottle exec sandbox-1a2b ps aux\n  bot-bottle exec -it sandbox-1a2b bash     ctrl-p ctrl-q leaves it running\n\nIt runs as the agent does, with its walls. Its exit code is this command's.",
      )
      .action(async (bottle: string, command: string[], { tty }: { tty?: boolean }) => {
        const services = hostServices(context.environment);
        const management = await managementOf(bottle, services);
        const terminal = Boolean(tty && process.stdin.isTTY && process.stdout.isTTY);
        context.end(await management.exec(bottle, command, terminal, services));
      });
  },
};

export default exec;
