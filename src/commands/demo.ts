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
        // Its upstream is at this machine's loopback address, which a container's sidecar doesn't share.
        const chosen = backend ?? (environment['BOT_BOTTLE_BACKEND'] || 'bubblewrap');
        context.end(await runDemo({ environment, backend: chosen, print }));
      });
  },
};

export default demo;
