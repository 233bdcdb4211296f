import { BottleError } from '../contract/errors.js';
import { nearest } from '../contract/suggestion.js';
import { quoted } from './code-frame.js';
import type { CompiledBottle, Reference } from './compile-bottle.js';
import { type BottleTable, compose } from './compose.js';
import { type Diagnostic, throwFirst } from './diagnostic.js';
import { finish } from './finish.js';
import { type Loaded, loadAgent, loadBottle } from './load.js';
import type { ResolvedAgent, ResolvedBottle } from './resolved.js';
import type { ManifestFile, ManifestFiles, ManifestKind } from './source.js';

/** The agent of a name, its bottle composed. @throws BottleError for the first thing that is wrong with its files. */
export function resolveAgent(name: string, manifests: ManifestFiles): ResolvedAgent {
  const file = findFile('agent', name, manifests);
  if (!file) throw unknown('agent', name, manifests);
  const { agent, diagnostics } = tryAgent(file, bottleTable(manifests));
  throwFirst(diagnostics);
  if (agent === null) throw unknown('agent', name, manifests);
  return agent;
}

/** The same for a bottle by itself. */
export function resolveBottle(name: string, manifests: ManifestFiles): ResolvedBottle {
  const file = findFile('bottle', name, manifests);
  if (!file) throw unknown('bottle', name, manifests);
  const { bottle, diagnostics } = tryBottle({ name, place: { file, offset: 0 } }, bottleTable(manifests));
  throwFirst(diagnostics);
  return bottle;
}

/** Names of the agents or bottles that can be meant: a bottle of a repository can't. */
export function namesOf(kind: ManifestKind, { files }: ManifestFiles): readonly string[] {
  const names = files.filter((file) => file.kind === kind && usable(file)).map((file) => file.name);
  return [...new Set(names)].sort();
}

/** Everything that is wrong with one file by itself and with what it is composed of. */
export function validateFile(
  file: ManifestFile,
  manifests: ManifestFiles,
  bottles: BottleTable = bottleTable(manifests),
): readonly Diagnostic[] {
  if (file.kind === 'agent') return tryAgent(file, bottles).diagnostics;
  const alone = loadBottle(file, manifests.userHome);
  if (!alone.ok) return alone.diagnostics;
  return tryBottle({ name: file.name, place: { file, offset: 0 } }, bottles).diagnostics;
}

/** Everything that is wrong with any of the files, each thing once. */
export function validateAll(manifests: ManifestFiles): readonly Diagnostic[] {
  const byText = new Map<string, Diagnostic>();
  const bottles = bottleTable(manifests);
  for (const file of manifests.files) {
    for (const diagnostic of validateFile(file, manifests, bottles)) {
      byText.set(
        JSON.stringify([diagnostic.file, diagnostic.position, diagnostic.code, diagnostic.message]),
        diagnostic,
      );
    }
  }
  return [...byText.values()];
}

function usable(file: ManifestFile): boolean {
  return file.kind === 'agent' || file.origin === 'home';
}

/** The operator's own file wins over a repository's of the same name: cloning something must not change an agent. */
function findFile(kind: ManifestKind, name: string, { files }: ManifestFiles): ManifestFile | undefined {
  const named = files.filter((file) => file.kind === kind && file.name === name && usable(file));
  return named.find((file) => file.origin === 'home') ?? named[0];
}

/** A bottle is loaded when it is first asked for: a broken one that nobody uses stops nobody. */
function bottleTable({ files, userHome, fileProblems }: ManifestFiles): BottleTable {
  const bottles = files.filter((file) => file.kind === 'bottle' && file.origin === 'home');
  const byName = new Map(bottles.map((file) => [file.name, file]));
  const loaded = new Map<string, Loaded<CompiledBottle>>();
  return {
    fileProblems,
    keys: () => byName.keys(),
    get: (name) => {
      const file = byName.get(name);
      const known = loaded.get(name);
      if (known || !file) return known;
      const fresh = loadBottle(file, userHome);
      loaded.set(name, fresh);
      return fresh;
    },
  };
}

function tryBottle(
  reference: Reference,
  bottles: BottleTable,
): { readonly bottle: ResolvedBottle; readonly diagnostics: readonly Diagnostic[] } {
  const composition = compose(reference, bottles);
  const { bottle, diagnostics } = finish(reference.name, composition, bottles.fileProblems);
  return { bottle, diagnostics: [...composition.diagnostics, ...diagnostics] };
}

function tryAgent(
  file: ManifestFile,
  bottles: BottleTable,
): { readonly agent: ResolvedAgent | null; readonly diagnostics: readonly Diagnostic[] } {
  const loaded = loadAgent(file);
  if (!loaded.ok) return { agent: null, diagnostics: loaded.diagnostics };
  const { bottle, diagnostics } = tryBottle(loaded.value.bottle, bottles);
  const { systemPrompt } = loaded.value;
  return { agent: { name: file.name, file: file.shown, systemPrompt, bottle }, diagnostics };
}

function unknown(kind: ManifestKind, name: string, manifests: ManifestFiles): BottleError {
  const names = namesOf(kind, manifests);
  const near = nearest(name, names);
  const list =
    names.length === 0 ? `there are none: bot-bottle init writes a first one` : `one of: ${names.join(', ')}`;
  return new BottleError({
    code: 'manifest',
    message: `there is no ${kind} ${quoted(name)}`,
    hint: near === null ? list : `did you mean '${near}'?`,
  });
}
