import type { Command } from '../console/command.js';
import { runDemo } from '../demo/run-demo.js';

const demo: Command = {
  name: 'demo',
  order: 20,
  summary: 'run an agent that tries what it may not do, and show what happens',
  configure(parser, context) {
    parser
      .option('--backend <name>', 'what holds the bottle')
      .addHelpText(
        'after',
        '\nNothing leaves this machine: the demo starts its own upstream on loopback.\nExit code 0 only if every line came out as it should.',
      )
      .action(async ({ backend }: { backend?: string }) => {
        const { environment, print } = context;
        context.end(await runDemo({ environment, backend, print }));
      });
  },
};

export default demo;
