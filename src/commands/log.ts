import { Option } from 'commander';
import type { Command, CommandContext } from '../console/command.js';
import { formatLogEntry, logEntryJson } from '../console/print-log.js';
import { parseSince } from '../console/time.js';
import { BottleError, exitCodes } from '../contract/errors.js';
import { verdicts } from '../contract/event.js';
import { printableJson } from '../contract/printable.js';
import { decisions, undecidedOutcomes } from '../contract/proposal.js';
import type { Head } from '../host/store/chain.js';
import { isDamage, logFile, readLog, unreadableLog } from '../host/store/database.js';
import { queryLog } from '../host/store/read.js';
import { verifyFile } from '../host/store/verify-file.js';

interface LogOptions {
  readonly json?: boolean;
  readonly since?: string;
  readonly verdict?: string;
  readonly verify?: boolean;
  readonly head?: string;
}

const examples = `
Examples:
  bot-bottle log                       what all bottles did, oldest first
  bot-bottle log demo --since 2h       one agent's bottles, or one bottle by its id
  bot-bottle log --verdict refused     only what was refused
  bot-bottle log --verify              is any entry changed, missing or out of its place?
  bot-bottle log --verify --head N:H   and is the entry still there whose number and hash you noted?

Exit code of --verify: 0 whole; 1 not, or log.sqlite.head is missing, without which a cut end
would not show. Where there is no log yet that is said, and the exit code is 0.
`;

/** Of a request, of your decision, and of a wait that ended without one. */
const words = [...verdicts, ...decisions, ...undecidedOutcomes];

const log: Command = {
  name: 'log',
  order: 8,
  summary: 'show what was decided, and prove that nobody changed it',
  configure(parser, context) {
    parser
      .argument('[bottle]', "a bottle's id, or an agent's name")
      .option('--json', 'print JSON, one value a line')
      .option('--since <time>', '90m, 2h, 3d, or 2025-01-31T14:00')
      .addOption(new Option('--verdict <word>', 'only what ended so').choices(words))
      .option('--verify', 'check the chain of hashes')
      .option('--head <number:hash>', 'with --verify: an entry that must be in the log')
      .addHelpText('after', examples)
      .action((bottle: string | undefined, options: LogOptions) =>
        options.verify ? verify(options, context) : show(bottle, options, context),
      );
  },
};

async function show(bottle: string | undefined, options: LogOptions, context: CommandContext): Promise<void> {
  const { since, verdict, json } = options;
  const from = since === undefined ? undefined : parseSince(since, Date.now());
  if (from === null) throw badOption('--since', '90m, 2h, 3d, or 2025-01-31T14:00');
  const file = logFile(context.environment);
  const database = await readLog(file);
  if (!database) {
    context.tell('there is no log yet: it begins with the first bottle\n');
    return;
  }
  const format = json ? logEntryJson : formatLogEntry;
  let count = 0;
  try {
    for (const entry of queryLog(database, { bottle, since: from, verdict })) {
      context.print(format(entry));
      count += 1;
    }
  } catch (thrown) {
    throw isDamage(thrown) ? unreadableLog(file, thrown) : thrown;
  } finally {
    database.close();
  }
  if (count === 0) context.tell('the log has no such entry\n');
}

async function verify({ head, json }: LogOptions, context: CommandContext): Promise<void> {
  const result = await verifyFile(logFile(context.environment), head === undefined ? null : parseHead(head));
  if (!result) {
    context.tell('there is no log yet: it begins with the first bottle\n');
    return;
  }
  if (json) context.print(`${printableJson(result)}\n`);
  else if (result.ok) {
    const { entries, prunedThrough } = result;
    const before = prunedThrough > 0 ? `, after ${prunedThrough} that were pruned` : '';
    context.print(
      `whole: ${entries} entries${before}; the last is ${result.head.sequence}:${result.head.hash}\n`,
    );
  } else
    context.print(`not whole: ${result.sequence > 0 ? `entry ${result.sequence} ` : ''}${result.problem}\n`);
  if (!result.ok) context.end(exitCodes.findings);
}

function parseHead(text: string): Head {
  const parts = /^(\d{1,15}):([\da-f]{64})$/.exec(text);
  if (!parts)
    throw badOption('--head', 'a number, a colon and 64 hexadecimal digits, as --verify prints them');
  return { sequence: Number(parts[1]), hash: parts[2] ?? '' };
}

function badOption(option: string, hint: string): BottleError {
  return new BottleError({ code: 'usage', message: `${option} can't be read`, where: option, hint });
}

export default log;
