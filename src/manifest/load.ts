import { placeAt, refuse, type Scope } from './check/scope.js';
import { quoted } from './code-frame.js';
import { type CompiledBottle, compileBottle, type Reference } from './compile-bottle.js';
import { collector, type Diagnostic, type Report } from './diagnostic.js';
import { parseYaml, pointerTo } from './document.js';
import { splitFrontMatter } from './front-matter.js';
import { keysOf } from './schema/schemas.js';
import { checkShape } from './shape.js';
import { isName, type ManifestFile, nameRule } from './source.js';
import { refuseUnsupported } from './unsupported.js';

export interface LoadedAgent {
  readonly bottle: Reference;
  readonly systemPrompt: string;
}

/** A file by itself: what it says, or what is wrong with it. */
export type Loaded<Value> =
  | { readonly ok: true; readonly file: ManifestFile; readonly value: Value }
  | { readonly ok: false; readonly file: ManifestFile; readonly diagnostics: readonly Diagnostic[] };

export function loadBottle(file: ManifestFile, userHome: string): Loaded<CompiledBottle> {
  return load(file, (scope) => compileBottle(scope, userHome));
}

export function loadAgent(file: ManifestFile): Loaded<LoadedAgent> {
  return load(file, compileAgent);
}

function load<Value>(file: ManifestFile, compile: (scope: Scope, body: string) => Value): Loaded<Value> {
  const { found, report } = collector();
  const value = read(file, compile, report);
  if (found.length === 0 && value !== null) return { ok: true, file, value };
  return { ok: false, file, diagnostics: found };
}

function read<Value>(
  file: ManifestFile,
  compile: (scope: Scope, body: string) => Value,
  report: Report,
): Value | null {
  if (file.origin === 'repository' && file.kind === 'bottle') {
    const hint =
      'bottles hold credentials and live in your home folder only: move it to ~/.bot-bottle/bottles';
    report('repository-bottle', { file, offset: 0 }, 'a repository may not bring a bottle', hint);
    return null;
  }
  if (!isName(file.name)) {
    report('file-name', { file, offset: 0 }, `${quoted(`${file.name}.md`)} names no ${file.kind}`, nameRule);
    return null;
  }
  if (file.problem) {
    const { code, message, hint, offset } = file.problem;
    report(code, { file, offset, hidden: file.text === '' }, message, hint);
    return null;
  }
  const front = splitFrontMatter(file, report);
  const document = front && parseYaml(file, front, report);
  if (!document) return null;
  const scope: Scope = { file, document, report };
  const refused = [...refuseRepositoryKeys(scope), ...refuseUnsupported(file, document, report)];
  let sound = refused.length === 0;
  checkShape(file, document, refused, (...problem) => {
    sound = false;
    report(...problem);
  });
  // Values are looked at only in a document of the right shape.
  return sound ? compile(scope, front.body) : null;
}

/** What an agent file that came with a repository may say. */
const repositoryKeys: readonly string[] = ['bottle', 'skills'];

function refuseRepositoryKeys(scope: Scope): readonly string[] {
  if (scope.file.origin !== 'repository') return [];
  const known = [...keysOf('agent'), ...keysOf('bottle')];
  return Object.keys(scope.document.data).flatMap((key) => {
    // A key that means nothing anywhere is a slip, and told as such.
    if (repositoryKeys.includes(key) || !known.includes(key)) return [];
    const pointer = pointerTo('', key);
    const message = `an agent of a repository may not have the key ${quoted(key)}`;
    const hint = `it may name ${repositoryKeys.join(' and ')}, nothing else`;
    scope.report('repository-key', placeAt(scope, pointer, 'key'), message, hint);
    return [pointer];
  });
}

function compileAgent(scope: Scope, body: string): LoadedAgent {
  const { bottle } = scope.document.data as { readonly bottle: string };
  if (!isName(bottle)) {
    const message = `${quoted(bottle)} is not the name of a bottle`;
    refuse(scope, '/bottle', { code: 'invalid-name', message, hint: nameRule });
  }
  return { bottle: { name: bottle, place: placeAt(scope, '/bottle') }, systemPrompt: body.trim() };
}
