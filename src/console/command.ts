import type { Command as CommanderCommand } from 'commander';
import type { ExitCode } from '../contract/errors.js';

/** One verb of the command line: a file in src/commands exports one as its default. */
export interface Command {
  readonly name: string;
  /** Place in the help: lower comes first. */
  readonly order: number;
  readonly summary: string;
  /** Adds arguments, options and examples, and the action, to the verb's parser. */
  configure(parser: CommanderCommand, context: CommandContext): void;
}

export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Writes to standard output; what a program reads. */
  print(text: string | Buffer): void;
  /** Writes to standard error; what only a person reads. */
  tell(text: string): void;
  /** Tells cli.ts how the process is to end; an agent's own exit code may be any number from 0 to 255. */
  end(code: ExitCode | number): void;
}
