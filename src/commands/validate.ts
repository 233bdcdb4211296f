import { sep } from 'node:path';
import { paletteFor } from '../console/colour.js';
import type { Command, CommandContext } from '../console/command.js';
import { diagnosticsJson, formatDiagnostics } from '../console/print-diagnostics.js';
import { exitCodes } from '../contract/errors.js';
import { fileProblems } from '../host/file-problems.js';
import { manifestHome, readManifests } from '../host/manifest-files.js';
import { readManifestPath } from '../host/manifest-path.js';
import type { Diagnostic } from '../manifest/diagnostic.js';
import { validateAll, validateFile } from '../manifest/resolve.js';
import type { ManifestFiles } from '../manifest/source.js';

const examples = `
Examples:
  bot-bottle validate                                every bottle and agent
  bot-bottle validate ~/.bot-bottle/bottles/web.md   one file, and what it extends
  bot-bottle validate bottles-examples               a folder that holds 'bottles' and 'agents'

Prints every problem with its file, line and column; ends with 2 if there is one.
`;

const validate: Command = {
  name: 'validate',
  order: 4,
  summary: 'check bottles and agents, and say what is wrong and where',
  configure(parser, context) {
    parser
      .argument('[path...]', 'files or folders; all of yours and this repository when none is given')
      .option('--json', 'print JSON')
      .addHelpText('after', examples)
      .action((paths: string[], options: { readonly json?: boolean }) => run(paths, options, context));
  },
};

function run(
  paths: readonly string[],
  options: { readonly json?: boolean },
  { environment, workingDirectory, print, end }: CommandContext,
): void {
  const request = { environment, workspace: workingDirectory };
  const diagnostics: Diagnostic[] = [];
  let files = 0;
  if (paths.length === 0) {
    const manifests = withFiles(readManifests(request), environment);
    files = manifests.files.length;
    diagnostics.push(...validateAll(manifests));
  }
  for (const path of paths) {
    const { manifests: read, only } = readManifestPath(path, request);
    const manifests = withFiles(read, environment);
    files += only ? 1 : manifests.files.length;
    diagnostics.push(...(only ? validateFile(only, manifests) : validateAll(manifests)));
  }
  const palette = paletteFor(environment, Boolean(process.stdout.isTTY));
  print(options.json ? diagnosticsJson(diagnostics) : formatDiagnostics(diagnostics, files, palette));
  if (diagnostics.length > 0) end(exitCodes.usage);
}

/** Of the manifests that bottles start from, the files they name must be there; examples name some that aren't yet. */
function withFiles(manifests: ManifestFiles, environment: CommandContext['environment']): ManifestFiles {
  const home = manifestHome(environment) + sep;
  const ours = manifests.files.every(({ origin, path }) => origin === 'repository' || path.startsWith(home));
  return ours ? { ...manifests, fileProblems } : manifests;
}

export default validate;
