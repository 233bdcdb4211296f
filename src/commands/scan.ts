import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Command, CommandContext } from '../console/command.js';
import { formatError } from '../console/print-error.js';
import { findingsJson, formatFindings, type ScannedFile, scanFile } from '../console/scan-file.js';
import { scanLines } from '../console/scan-lines.js';
import { BottleError, exitCodes, messageOf } from '../contract/errors.js';
import { loadDetectors } from '../policy/scan/detectors.js';
import { createScanner, type Scanner } from '../policy/scan/scanner.js';

interface ScanOptions {
  readonly json?: true;
  readonly jsonl?: true;
}

const examples = `
Exit code: 0 nothing found, 1 something found, 2 nothing, but not all was looked through: a file can't
be read, a line of --jsonl isn't as it should be (its answer has an "error"), or something takes
more work than its length allows. The rest is looked through all the same.
Values are never printed, only where they stand.

Examples:
  bot-bottle scan src/*.ts
  git diff | bot-bottle scan -
  bot-bottle scan --jsonl < texts.jsonl
`;

const scan: Command = {
  name: 'scan',
  order: 60,
  summary: 'looks for secrets in files, as the sidecar does in what leaves a bottle',
  configure(parser, context) {
    parser
      .argument('[FILE...]', "files to look through; '-' or none: standard input")
      .option('--json', 'print the findings as one JSON array')
      .option(
        '--jsonl',
        'read one {"id","text","direction"} a line, answer one {"id","findings"} a line, in order',
      )
      .addHelpText('after', examples)
      .action(async (given: string[], options: ScanOptions) => {
        const files = given.length > 0 ? given : ['-'];
        const outbound = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
        const { found, whole } = options.jsonl
          ? await lines(outbound, files, context)
          : await texts(outbound, files, options, context);
        if (found) context.end(exitCodes.findings);
        else if (!whole) context.end(exitCodes.usage);
      });
  },
};

interface Outcome {
  readonly found: boolean;
  /** Everything was looked through. */
  readonly whole: boolean;
}

async function lines(outbound: Scanner, files: readonly string[], context: CommandContext): Promise<Outcome> {
  const inbound = createScanner(await loadDetectors('inbound', null), { knownSecrets: [] });
  let found = false;
  let failed = 0;
  for (const file of files) {
    const result = await reading(file, context, (source) =>
      scanLines(source, context.print, { outbound, inbound }),
    );
    found ||= result.found;
    failed += result.failed;
  }
  if (failed > 0) context.tell(`lines that were not looked through, see their "error": ${failed}\n`);
  return { found, whole: failed === 0 };
}

async function texts(
  scanner: Scanner,
  files: readonly string[],
  { json }: ScanOptions,
  context: CommandContext,
): Promise<Outcome> {
  const scanned: ScannedFile[] = [];
  const problems: BottleError[] = [];
  for (const file of files) {
    try {
      const one = await reading(file, context, (source) => scanFile(scanner, source, file));
      scanned.push(one);
      if (!one.whole) problems.push(tooMuchWork(file));
    } catch (thrown) {
      if (!(thrown instanceof BottleError)) throw thrown;
      problems.push(thrown);
    }
  }
  context.print(json ? findingsJson(scanned) : formatFindings(scanned));
  for (const problem of problems) context.tell(formatError(problem));
  return { found: scanned.some(({ findings }) => findings.length > 0), whole: problems.length === 0 };
}

function tooMuchWork(file: string): BottleError {
  return new BottleError({
    code: 'usage',
    message: 'not all of it was looked through: it takes more work than its length allows',
    where: file,
    hint: 'look through it in parts, or unpack it first; the sidecar would refuse it',
  });
}

/** @throws BottleError where the file can't be read */
async function reading<Result>(
  file: string,
  { workingDirectory }: CommandContext,
  use: (source: Readable) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(
      file === '-' ? process.stdin : (await open(resolve(workingDirectory, file))).createReadStream(),
    );
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).syscall === undefined) throw thrown;
    throw new BottleError({
      code: 'usage',
      message: `can't read ${file === '-' ? 'standard input' : file}: ${messageOf(thrown)}`,
      where: file,
    });
  }
}

export default scan;
