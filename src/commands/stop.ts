import type { Command } from '../console/command.js';
import { hostServices } from '../host/services.js';
import { managementOf } from '../launch/find-bottle.js';

const stop: Command = {
  name: 'stop',
  order: 32,
  summary: 'end bottles: SIGTERM, and SIGKILL after ten seconds',
  configure(parser, context) {
    parser.argument('<bottle...>', 'names, see `bot-bottle ps`').action(async (bottles: string[]) => {
      const services = hostServices(context.environment);
      for (const bottle of bottles) await (await managementOf(bottle, services)).stop(bottle, services);
    });
  },
};

export default stop;
