import type { DiagnosticCode, Place, Report } from '../diagnostic.js';
import type { YamlDocument } from '../document.js';
import type { ManifestFile } from '../source.js';

/** What a check needs to say where something is wrong. */
export interface Scope {
  readonly file: ManifestFile;
  readonly document: YamlDocument;
  readonly report: Report;
}

export interface Problem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A value in its final form, or what is wrong with the text. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | ({ readonly ok: false } & Problem);

export function wrong(
  code: DiagnosticCode,
  message: string,
  hint?: string,
): { readonly ok: false } & Problem {
  return { ok: false, code, message, hint };
}

/** The value at a JSON pointer, or its key. */
export function placeAt({ file, document }: Scope, pointer: string, part: 'key' | 'value' = 'value'): Place {
  return { file, offset: document.spans.get(pointer)?.[part] ?? 0 };
}

export function refuse(scope: Scope, pointer: string, { code, message, hint }: Problem): void {
  scope.report(code, placeAt(scope, pointer), message, hint);
}

/** The checked value, or null after the report of what is wrong. */
export function accepted<Value>(scope: Scope, pointer: string, checked: Checked<Value>): Value | null {
  if (checked.ok) return checked.value;
  refuse(scope, pointer, checked);
  return null;
}
