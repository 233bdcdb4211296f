import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Command, CommandContext } from '../console/command.js';
import { scanLines } from '../console/scan-lines.js';
import { BottleError, exitCodes, messageOf } from '../contract/errors.js';
import { loadDetectors } from '../policy/scan/detectors.js';
import type { Finding } from '../policy/scan/finding.js';
import { createScanner, type Scanner } from '../policy/scan/scanner.js';
import { scanStream } from '../policy/scan/stream.js';

interface ScanOptions {
  readonly json?: true;
  readonly jsonl?: true;
}

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
      .addHelpText(
        'after',
        '\nExit code 1 when something was found. Values are never printed, only where they stand.\n\n' +
          'Examples:\n  bot-bottle scan src/*.ts\n  git diff | bot-bottle scan -\n  bot-bottle scan --jsonl < texts.jsonl',
      )
      .action(async (files: string[], options: ScanOptions) => {
        const outbound = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
        if (options.jsonl) {
          const inbound = createScanner(await loadDetectors('inbound', null), { knownSecrets: [] });
          const source = await openInput(files[0] ?? '-', context);
          if (await scanLines(source, process.stdout, { outbound, inbound })) context.end(exitCodes.findings);
          return;
        }
        const found: { file: string; findings: readonly PlacedFinding[] }[] = [];
        for (const file of files.length > 0 ? files : ['-']) {
          const findings = await scanFile(outbound, await openInput(file, context), file);
          if (findings.length > 0) found.push({ file, findings });
        }
        print(found, options, context);
        if (found.length > 0) context.end(exitCodes.findings);
      });
  },
};

interface PlacedFinding extends Finding {
  readonly line: number;
}

async function openInput(file: string, context: CommandContext): Promise<Readable> {
  if (file === '-') return process.stdin;
  const path = resolve(context.workingDirectory, file);
  try {
    if ((await stat(path)).isDirectory()) throw new Error('is a directory');
    return (await open(path)).createReadStream();
  } catch (thrown) {
    throw new BottleError({
      code: 'usage',
      message: `can't read ${file}: ${messageOf(thrown)}`,
      where: file,
    });
  }
}

/** Reads through the overlapping window, so that a file of any size takes little memory. */
async function scanFile(scanner: Scanner, source: Readable, file: string): Promise<readonly PlacedFinding[]> {
  const stream = scanStream(scanner, 'body');
  const found: PlacedFinding[] = [];
  let line = 1;
  let offset = 0;
  const take = ({ release, findings, outcome }: ReturnType<typeof stream.end>): void => {
    if (outcome === 'over-budget')
      throw new BottleError({
        code: 'usage',
        message: 'too deeply encoded to be looked through',
        where: file,
      });
    for (const finding of findings) {
      const before = release.subarray(0, Math.max(0, finding.start - offset));
      found.push({ ...finding, line: line + newlines(before) });
    }
    line += newlines(release);
    offset += release.length;
  };
  for await (const chunk of source) take(stream.push(chunk as Buffer));
  take(stream.end());
  return found;
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function print(
  found: readonly { file: string; findings: readonly PlacedFinding[] }[],
  options: ScanOptions,
  context: CommandContext,
): void {
  if (options.json) {
    const rows = found.flatMap(({ file, findings }) =>
      findings.map(({ line, detector, rule, class: kind, view, start, end, score }) => ({
        file,
        line,
        detector,
        rule,
        class: kind,
        view,
        start,
        end,
        score: rounded(score),
      })),
    );
    context.print(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  for (const { file, findings } of found)
    for (const { line, rule, view, score } of findings)
      context.print(`${file}:${line}: ${rule}${view === 'text' ? '' : ` (in ${view})`} ${rounded(score)}\n`);
}

const rounded = (score: number): number => Math.round(score * 100) / 100;

export default scan;
