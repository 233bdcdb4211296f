import type { Command } from '../console/command.js';
import { exitCodes } from '../contract/errors.js';
import { answerProposals } from '../launch/answer.js';

const approve: Command = {
  name: 'approve',
  order: 6,
  summary: 'let held requests out',
  configure(parser, context) {
    parser
      .argument('<id...>', 'as bot-bottle proposals lists them')
      .option(
        '--always',
        'the same value to the same host, or the same unknown host, as long as the bottle lives',
      )
      .addHelpText(
        'after',
        "\nExit code 0 when each was let out; 1 when one was not: it had ended before, or the log can't be written.",
      )
      .action(async (ids: string[], { always }: { readonly always?: boolean }) => {
        const { environment, print } = context;
        const decision = always ? 'approve-for-bottle' : 'approve-once';
        const well = await answerProposals({ ids, decision, note: null, environment, print });
        if (!well) context.end(exitCodes.findings);
      });
  },
};

export default approve;
