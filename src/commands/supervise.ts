import type { Command } from '../console/command.js';

const text = `
Every request that waits, of all running bottles, in one list. Nothing of it has been sent;
what nobody answers is refused when its time is over. Press ? for the keys.

Without a screen: bot-bottle proposals, approve, deny.
`;

const supervise: Command = {
  name: 'supervise',
  order: 4,
  summary: 'decide on held requests, on a screen',
  configure(parser, context) {
    parser
      .option('--no-bell', 'keep silent when a request arrives')
      .addHelpText('after', text)
      .action(async ({ bell }: { readonly bell: boolean }) => {
        // Ink and React are of no use to any other command.
        const { runSupervise } = await import('../tui/run.js');
        await runSupervise({ environment: context.environment, bell });
      });
  },
};

export default supervise;
