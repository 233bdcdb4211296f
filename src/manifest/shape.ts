import { nearest } from '../contract/suggestion.js';
import { quoted } from './code-frame.js';
import type { Report } from './diagnostic.js';
import { pointerTo, type YamlDocument } from './document.js';
import { type SchemaError, type SchemaNode, schemaAt, schemaErrors } from './schema/schemas.js';
import type { ManifestFile } from './source.js';

/** Checks a document against its JSON Schema; what lies below one of the pointers in `silent` is left alone. */
export function checkShape(
  file: ManifestFile,
  document: YamlDocument,
  silent: readonly string[],
  report: Report,
): void {
  const said = new Set<string>();
  for (const error of inOrder(schemaErrors(file.kind, document.data), document)) {
    const { instancePath } = error;
    const about = aboutOf(error);
    if (silent.some((pointer) => about === pointer || about.startsWith(`${pointer}/`))) continue;
    // A value of a wrong type also fails everything else that is said of it: the type comes first, and is enough.
    if (said.has(instancePath) && (error.keyword === 'enum' || error.keyword === 'const')) continue;
    if (error.keyword === 'type') said.add(instancePath);
    describe(file, document, error, report);
  }
}

/** By place in the file, and the type of a value before all else. */
function inOrder(errors: readonly SchemaError[], document: YamlDocument): readonly SchemaError[] {
  const rank = (error: SchemaError) =>
    placeOf(document, error) * 2 +
    (error.keyword === 'type' || error.keyword === 'additionalProperties' ? 0 : 1);
  return [...errors].sort((a, b) => rank(a) - rank(b));
}

/** Pointer of the value, or of the key that shouldn't be there. */
function aboutOf({ instancePath, keyword, params }: SchemaError): string {
  return keyword === 'additionalProperties'
    ? pointerTo(instancePath, String(params['additionalProperty']))
    : instancePath;
}

function placeOf({ spans }: YamlDocument, error: SchemaError): number {
  const span = spans.get(aboutOf(error));
  const keyIsMeant = error.keyword === 'additionalProperties' || error.keyword === 'required';
  return (keyIsMeant ? span?.key : span?.value) ?? 0;
}

function describe(file: ManifestFile, document: YamlDocument, error: SchemaError, report: Report): void {
  const place = { file, offset: placeOf(document, error) };
  const schema = schemaAt(file.kind, error.instancePath);
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      report(
        'unknown-key',
        place,
        `unknown key ${quoted(key)}`,
        hintFor(key, Object.keys(schema?.properties ?? {})),
      );
      return;
    }
    case 'required':
      report(
        'missing-key',
        place,
        `${nameOf(error.instancePath)} lacks the key ${quoted(String(params['missingProperty']))}`,
      );
      return;
    case 'type':
      report(
        'wrong-type',
        place,
        `${nameOf(error.instancePath)} must be ${wordsFor(schema)}`,
        typeHint(document, error, schema),
      );
      return;
    case 'enum':
    case 'const': {
      const given = document.data === null ? '' : valueText(document, error.instancePath);
      const allowed = error.keyword === 'const' ? [String(params['allowedValue'])] : stringsOf(schema?.enum);
      report(
        'unknown-value',
        place,
        `${nameOf(error.instancePath)} cannot be ${quoted(given)}`,
        hintFor(given, allowed),
      );
      return;
    }
    default:
      report('wrong-type', place, `${nameOf(error.instancePath)} is not as it should be (${error.keyword})`);
  }
}

/** `egress.routes[0].host` */
function nameOf(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  const text = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return pointer === ''
    ? 'the front matter'
    : quoted(text.replace(/^\./, '').replaceAll('~1', '/').replaceAll('~0', '~'));
}

function hintFor(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === null ? `one of: ${candidates.join(', ')}` : `did you mean '${near}'?`;
}

function stringsOf(values: readonly unknown[] | undefined): string[] {
  return (values ?? []).filter((value) => typeof value === 'string');
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
};

function wordsFor(schema: SchemaNode | null): string {
  const types = [schema?.type ?? []].flat().filter((type) => type !== 'null');
  return types.map((type) => typeWords[type] ?? type).join(' or ');
}

function typeHint(document: YamlDocument, error: SchemaError, schema: SchemaNode | null): string | null {
  const types = [schema?.type ?? []].flat();
  const value = valueText(document, error.instancePath);
  if (types.includes('string') && value !== '') return `put it in quotes: "${value}"`;
  if (types.includes('array')) return "write a list: a line of '- ' for each, or [a, b]";
  return null;
}

/** A plain value as text; empty for a list, a map or null. */
function valueText({ data }: YamlDocument, pointer: string): string {
  let value: unknown = data;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
