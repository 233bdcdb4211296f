import type { Command } from '../console/command.js';
import { hostServices } from '../host/services.js';
import { managementOf } from '../launch/find-bottle.js';

const logs: Command = {
  name: 'logs',
  order: 33,
  summary: 'print what an agent has printed',
  configure(parser, context) {
    parser
      .argument('<bottle>', "a bottle's name, see `bot-bottle ps`")
      .option('-f, --follow', 'go on until the agent ends')
      .action(async (bottle: string, { follow }: { follow?: boolean }) => {
        const services = hostServices(context.environment);
        await (await managementOf(bottle, services)).logs(bottle, follow ?? false, services);
      });
  },
};

export default logs;
