import { Command as CommanderCommand, CommanderError } from 'commander';
import { BottleError, exitCodes } from '../contract/errors.js';
import type { Command, CommandContext } from './command.js';
import { machineFault } from './machine-fault.js';
import { formatError } from './print-error.js';
import { writeToStandardError, writeToStandardOutput } from './standard-streams.js';

const overview = `
A bottle is a throw-away place for one agent: it has no route anywhere but to its
sidecar, and the sidecar lets out only what the bottle's manifest allows and adds
the credentials that the agent never sees.

First steps:
  bot-bottle doctor                      can this machine run bottles?
  bot-bottle init                        write a first bottle and agent to ~/.bot-bottle
  bot-bottle start NAME -- CMD...        run a command in that agent's bottle, on this folder

Exit codes: 0 success, 1 findings, 2 usage or manifest, 3 this machine is not ready,
125 bot-bottle's own failure in start, 130 interrupted, 141 nobody reads the output;
else the agent's own.
`;

type Registry = Readonly<Record<string, () => Promise<Command>>>;

/** Parses the command line, runs one verb and answers the exit code of the process. */
export async function runProgram(
  registry: Registry,
  given: readonly string[],
  version: string,
): Promise<number> {
  let exitCode: number = exitCodes.success;
  // Accepted anywhere before the agent's own words.
  const separator = given.indexOf('--');
  const ours = separator === -1 ? given : given.slice(0, separator);
  const debug = ours.includes('--debug');
  const args = readHelp(
    [...ours.filter((word) => word !== '--debug'), ...given.slice(ours.length)],
    registry,
  );
  const context: CommandContext = {
    environment: process.env,
    workingDirectory: process.cwd(),
    print: writeToStandardOutput,
    tell: writeToStandardError,
    end: (code) => {
      exitCode = code;
    },
  };
  const program = new CommanderCommand('bot-bottle')
    .usage('COMMAND [options]')
    .description(
      'Runs a coding agent alone: no route but through a sidecar that decides, and injects credentials.',
    )
    .version(version, '--version', 'print the version')
    .option('--debug', 'print stack traces')
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this help, or that of a command')
    .addHelpText('after', overview)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeOut: context.print, outputError: () => {} });
  try {
    for (const command of await wanted(registry, args)) {
      const parser = program.command(command.name).description(command.summary).exitOverride();
      command.configure(parser, context);
    }
    if (args.length === 0) {
      context.tell(program.helpInformation() + overview);
      return exitCodes.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    return report(thrown, debug, context);
  }
}

/** `help VERB` is `VERB --help`; and of a verb that isn't there, nothing but that is said. */
function readHelp(args: readonly string[], registry: Registry): readonly string[] {
  const asked = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
  const verb = asked[0] ?? '';
  return verb.startsWith('-') || Object.hasOwn(registry, verb) ? asked : asked.slice(0, 1);
}

/** Only the verb that runs is loaded; the help lists all of them. */
async function wanted(registry: Registry, args: readonly string[]): Promise<readonly Command[]> {
  const verb = args.find((word) => !word.startsWith('-'));
  const load = verb === undefined || !Object.hasOwn(registry, verb) ? undefined : registry[verb];
  if (load) return [await load()];
  if (args[0] === '--version') return [];
  const all = await Promise.all(Object.values(registry).map((load) => load()));
  return all.sort((a, b) => a.order - b.order);
}

function report(thrown: unknown, debug: boolean, context: CommandContext): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return exitCodes.success;
    const message = thrown.message.replace(/^error: /, '').replace(/\n\(?(Did you mean [^)]*)\)?$/, '; $1');
    context.tell(
      formatError(
        new BottleError({
          code: 'usage',
          message,
          hint: 'bot-bottle --help lists the commands; bot-bottle COMMAND --help explains one',
        }),
      ),
    );
    return exitCodes.usage;
  }
  if (thrown instanceof BottleError && thrown.code === 'reader-gone') return thrown.exitCode;
  const error =
    thrown instanceof BottleError
      ? thrown
      : (machineFault(thrown) ??
        new BottleError({
          code: 'start-failed',
          message: `a fault of bot-bottle's own: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
          hint: 'run it again with --debug and report what it prints',
          cause: thrown,
        }));
  context.tell(formatError(error));
  if (debug && thrown instanceof Error) context.tell(`${thrown.stack}\n`);
  return error.exitCode;
}
