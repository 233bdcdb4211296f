/**
 * The one error type that crosses layers, and the one table of exit codes.
 *
 * 0 success; 1 findings (a scan or a check found something); 2 usage or manifest;
 * 3 the host is not ready; 125 a failure of ours inside `start` (as `docker run` does,
 * so that 1 to 124 stay the agent's own); 130 interrupted; 141 nobody reads the output
 * any more (128 and SIGPIPE, as a shell has it for programs that the signal ends).
 */
export const exitCodes = {
  success: 0,
  findings: 1,
  usage: 2,
  hostNotReady: 3,
  startFailed: 125,
  interrupted: 130,
  readerGone: 141,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What kind of failure it is; the kind alone chooses the exit code. */
export type ErrorCode =
  | 'usage'
  | 'manifest'
  | 'secret-missing'
  | 'host-not-ready'
  | 'start-failed'
  | 'interrupted'
  /** Nothing is said of it. */
  | 'reader-gone';

const exitCodeOf: Record<ErrorCode, ExitCode> = {
  usage: exitCodes.usage,
  manifest: exitCodes.usage,
  'secret-missing': exitCodes.usage,
  'host-not-ready': exitCodes.hostNotReady,
  'start-failed': exitCodes.startFailed,
  interrupted: exitCodes.interrupted,
  'reader-gone': exitCodes.readerGone,
};

export interface BottleErrorDetails {
  readonly code: ErrorCode;
  /** What went wrong, one line, no value of a secret in it. */
  readonly message: string;
  /** Where: `file:line:column`, an option's name, an environment variable. */
  readonly where?: string | undefined;
  /** How to mend it: a command or an edit. */
  readonly hint?: string | undefined;
  /** Lines of source around the place, ready to print. */
  readonly frame?: string | undefined;
  readonly cause?: unknown;
}

export class BottleError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly frame: string | undefined;

  constructor(details: BottleErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BottleError';
    this.code = details.code;
    this.where = details.where;
    this.hint = details.hint;
    this.frame = details.frame;
  }

  get exitCode(): ExitCode {
    return exitCodeOf[this.code];
  }
}

/** Reads a message out of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
