import { printableJson } from '../contract/printable.js';
import { type Diagnostic, errorOf } from '../manifest/diagnostic.js';
import type { Palette } from './colour.js';
import { counted } from './counted.js';
import { formatError } from './print-error.js';

/** Every diagnostic in the one shape of an error, and how many there are. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: number,
  palette: Palette,
): string {
  if (diagnostics.length === 0) return `${palette.green('valid')}: ${counted(files, 'file')}\n`;
  const problems = diagnostics.map((diagnostic) =>
    formatError(errorOf(diagnostic)).replace(/^error/, palette.red('error')),
  );
  return `${problems.join('\n')}\n${palette.red(counted(diagnostics.length, 'problem'))} in ${counted(files, 'file')}\n`;
}

/** A JSON array of `{code, message, file, line, column, hint}`. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const values = diagnostics.map(({ code, message, file, position, hint }) => ({
    code,
    message,
    file,
    line: position?.line ?? null,
    column: position?.column ?? null,
    hint,
  }));
  return `${printableJson(values, null, 2)}\n`;
}
