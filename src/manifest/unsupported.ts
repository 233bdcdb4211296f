import { quoted } from './code-frame.js';
import type { Report } from './diagnostic.js';
import type { YamlDocument } from './document.js';
import type { ManifestFile, ManifestKind } from './source.js';

/**
 * Keys of the manifest whose feature isn't built: they are refused, never accepted and left without effect.
 * Whoever builds one takes its line out. `*` is any one step of the path; with `values`, only those are refused.
 */
const unsupported: readonly {
  readonly kinds: readonly ManifestKind[];
  readonly path: string;
  readonly values?: readonly string[];
}[] = [
  { kinds: ['bottle'], path: '/secrets' },
  { kinds: ['bottle', 'agent'], path: '/skills' },
  { kinds: ['bottle'], path: '/git/remotes' },
  { kinds: ['bottle'], path: '/agent_provider/template', values: ['claude', 'codex'] },
  { kinds: ['bottle'], path: '/agent_provider/auth_token' },
  { kinds: ['bottle'], path: '/agent_provider/forward_host_auth' },
];

/** Reports each part of a document that isn't supported yet; answers their pointers. */
export function refuseUnsupported(
  file: ManifestFile,
  document: YamlDocument,
  report: Report,
): readonly string[] {
  const refused: string[] = [];
  for (const [pointer, span] of document.spans) {
    for (const { kinds, path, values } of unsupported) {
      if (!kinds.includes(file.kind) || !fits(path, pointer)) continue;
      const value = valueAt(document, pointer);
      if (values && !(typeof value === 'string' && values.includes(value))) continue;
      const key = quoted(path.slice(1).replaceAll('/*', '[]').replaceAll('/', '.'));
      const what = values ? `${key}: ${quoted(String(value))}` : key;
      report(
        'not-supported',
        { file, offset: values ? span.value : span.key },
        `${what} is not supported yet`,
      );
      refused.push(pointer);
    }
  }
  return refused;
}

function fits(path: string, pointer: string): boolean {
  const wanted = path.split('/');
  const steps = pointer.split('/');
  return (
    wanted.length === steps.length && wanted.every((step, index) => step === '*' || step === steps[index])
  );
}

function valueAt({ data }: YamlDocument, pointer: string): unknown {
  let value: unknown = data;
  for (const step of pointer.split('/').slice(1)) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value;
}
