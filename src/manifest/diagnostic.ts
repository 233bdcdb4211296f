import { BottleError } from '../contract/errors.js';
import { codeFrame, type Position, positionAt } from './code-frame.js';
import type { ManifestFile } from './source.js';

/** Every way in which a manifest can be wrong; stable, for `validate --json`. */
export const diagnosticCodes = [
  // The file and its front matter.
  'file-name',
  'file-unreadable',
  'file-too-large',
  'not-utf-8',
  'byte-order-mark',
  'carriage-return',
  'front-matter-missing',
  'front-matter-language',
  'front-matter-unclosed',
  'front-matter-too-large',
  'front-matter-empty',
  'front-matter-not-a-map',
  // YAML.
  'yaml-syntax',
  'yaml-tag',
  'yaml-alias',
  'yaml-too-deep',
  'yaml-too-complex',
  'yaml-merge-key',
  'duplicate-key',
  'forbidden-key',
  'empty-value',
  // Shape.
  'unknown-key',
  'missing-key',
  'wrong-type',
  'unknown-value',
  'not-supported',
  // Names, and who may say what.
  'invalid-name',
  'unknown-bottle',
  'repository-bottle',
  'repository-key',
  // Composition.
  'duplicate-parent',
  'missing-parent',
  'cycle',
  'too-many-parents',
  'nothing-to-remove',
  // Routes.
  'invalid-host',
  'duplicate-host',
  'invalid-connect-to',
  'invalid-ca-file',
  'invalid-method',
  'invalid-path',
  'invalid-regex',
  'invalid-header-name',
  'invalid-header-value',
  'owned-header',
  'duplicate-header',
  'header-conflict',
  'header-source',
  'credential-in-clear',
  'remove-with-more',
  // Environment and identity.
  'invalid-variable-name',
  'owned-variable',
  'invalid-variable-value',
  'invalid-git-user',
  // The place that the agent runs in.
  'invalid-dockerfile',
  'invalid-runtime',
  'invalid-resource',
] as const;

export type DiagnosticCode = (typeof diagnosticCodes)[number];

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  /** As messages name it; null when it is about no file (an agent that doesn't exist). */
  readonly file: string | null;
  readonly position: Position | null;
  /** Source lines, ready to print; empty when there is no position. */
  readonly frame: string;
  readonly hint: string | null;
}

/** A place in a file: an offset in UTF-16 units. */
export interface Place {
  readonly file: ManifestFile;
  readonly offset: number;
  /** The value there may be a secret that was written in the wrong place: no source line is shown. */
  readonly hidden?: boolean;
}

export type Report = (code: DiagnosticCode, place: Place, message: string, hint?: string | null) => void;

/** Places of one file past this many problems are not looked at any more. */
const mostDiagnostics = 50;

/** Gathers diagnostics; a list that is full stays as it is. */
export function collector(): { readonly found: Diagnostic[]; readonly report: Report } {
  const found: Diagnostic[] = [];
  return {
    found,
    report(code, place, message, hint = null) {
      if (found.length >= mostDiagnostics) return;
      found.push(diagnosticAt(code, place, message, hint));
    },
  };
}

function diagnosticAt(code: DiagnosticCode, place: Place, message: string, hint: string | null): Diagnostic {
  const position = positionAt(place.file.text, place.offset);
  return {
    code,
    message,
    file: place.file.shown,
    position,
    frame: place.hidden ? '' : codeFrame(place.file.text, position),
    hint,
  };
}

/** `~/.bot-bottle/bottles/a.md:4:3` */
export function whereOf({ file, offset }: Place): string {
  const { line, column } = positionAt(file.text, offset);
  return `${file.shown}:${line}:${column}`;
}

/** The error that the command line prints for a diagnostic. */
export function errorOf(diagnostic: Diagnostic, further = 0): BottleError {
  const { file, position } = diagnostic;
  const more = further === 0 ? [] : [`${further} more; bot-bottle validate lists them`];
  const hint = [...(diagnostic.hint === null ? [] : [diagnostic.hint]), ...more].join('; ');
  return new BottleError({
    code: 'manifest',
    message: diagnostic.message,
    where:
      file === null || position === null
        ? (file ?? undefined)
        : `${file}:${position.line}:${position.column}`,
    frame: diagnostic.frame === '' ? undefined : diagnostic.frame,
    hint: hint === '' ? undefined : hint,
  });
}

/** Throws the first of the diagnostics, if there is one, and says how many follow. */
export function throwFirst(diagnostics: readonly Diagnostic[]): void {
  const [first, ...rest] = diagnostics;
  if (first) throw errorOf(first, rest.length);
}
