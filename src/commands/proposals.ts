import type { Command, CommandContext } from '../console/command.js';
import { endWords, proposalLine, runningBottles } from '../console/print-proposals.js';
import { printable, printableJson } from '../contract/printable.js';
import { channelFolder } from '../host/operator/channel.js';
import { watchBottles } from '../host/operator/channel-client.js';

interface ProposalsOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
}

const examples = `
Examples:
  bot-bottle proposals                  the requests that wait for you, oldest first
  bot-bottle proposals --watch --json   one JSON value a line as they come and end, until you stop it
  bot-bottle approve demo-3fa2.7        let one of them out
  bot-bottle supervise                  the same on a screen of its own
`;

const proposals: Command = {
  name: 'proposals',
  order: 5,
  summary: 'list the requests of all running bottles that wait for you',
  configure(parser, context) {
    parser
      .option('--json', 'print JSON')
      .option('--watch', 'go on, and tell of each that comes or ends')
      .addHelpText('after', examples)
      .action((options: ProposalsOptions) =>
        options.watch ? follow(options, context) : list(options, context),
      );
  },
};

async function list({ json }: ProposalsOptions, context: CommandContext): Promise<void> {
  using watch = await watchBottles(channelFolder(context.environment), {});
  const held = watch.held();
  if (json) context.print(`${printableJson(held, null, 2)}\n`);
  else if (held.length > 0) for (const proposal of held) context.print(proposalLine(proposal, Date.now()));
  else context.tell(`nothing waits for you in ${runningBottles(watch.bottles().length)}\n`);
}

async function follow({ json }: ProposalsOptions, context: CommandContext): Promise<void> {
  let fail: (thrown: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    fail = reject;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  // It may fail before it is awaited.
  ended.catch(() => {});
  const tell = (value: object, line: string) => {
    try {
      context.print(json ? `${printableJson(value)}\n` : line);
    } catch (thrown) {
      fail(thrown);
    }
  };
  using _watch = await watchBottles(channelFolder(context.environment), {
    onProposal: (proposal) => tell({ type: 'proposal', proposal }, proposalLine(proposal, Date.now())),
    onEnd: (end) => tell({ type: 'proposal-ended', end }, `${printable(end.proposal)}  ${endWords(end)}\n`),
  });
  await ended;
}

export default proposals;
