import type { Command } from '../console/command.js';
import { exitCodes } from '../contract/errors.js';
import { answerProposals } from '../launch/answer.js';

interface DenyOptions {
  readonly always?: boolean;
  readonly why?: string;
}

const deny: Command = {
  name: 'deny',
  order: 7,
  summary: 'refuse held requests',
  configure(parser, context) {
    parser
      .argument('<id...>', 'as bot-bottle proposals lists them')
      .option('--why <text>', 'a note that the agent reads in the refusal')
      .option(
        '--always',
        'the same value to the same host, or the same unknown host, as long as the bottle lives',
      )
      .addHelpText('after', '\nA held request that nobody answers is refused when its time is over.')
      .action(async (ids: string[], { always, why }: DenyOptions) => {
        const { environment, print } = context;
        const decision = always ? 'deny-for-bottle' : 'deny';
        const well = await answerProposals({ ids, decision, note: why ?? null, environment, print });
        if (!well) context.end(exitCodes.findings);
      });
  },
};

export default deny;
