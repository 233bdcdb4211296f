import { Composer, type CST, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Parser } from 'yaml';
import { printableInPlace } from '../contract/printable.js';
import { quoted } from './code-frame.js';
import type { Report } from './diagnostic.js';
import type { FrontMatter } from './front-matter.js';
import type { ManifestFile } from './source.js';

/** JSON-like data of a front matter; objects have no prototype. */
type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data };

/** Offsets in the file of a value and of the key that names it (of the value where it has none). */
interface Span {
  readonly key: number;
  readonly value: number;
}

export interface YamlDocument {
  readonly data: { readonly [key: string]: Data };
  /** By JSON pointer (RFC 6901). */
  readonly spans: ReadonlyMap<string, Span>;
}

const deepest = 32;
const mostNodes = 20_000;
const mostAliases = 100;

/** RFC 6901, 3. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Reads the YAML of a front matter into plain data and the places of its parts; reports and answers null if it can't. */
export function parseYaml(file: ManifestFile, front: FrontMatter, report: Report): YamlDocument | null {
  const at = (offset: number) => ({ file, offset: front.offset + offset });
  // The token parser keeps its own stack while maps open; the composer recurses, and a stack that overflows inside it may
  // end the process (V8 aborts when it has none left to compile a pattern), so the depth is checked in between.
  const tokens = tokensOf(front.yaml);
  const deep = tokens === null ? 0 : firstBelow(tokens, deepest);
  if (tokens === null || deep !== null) {
    report('yaml-too-deep', at(deep ?? 0), `nested more than ${deepest} deep`);
    return null;
  }
  const composer = new Composer({
    strict: true,
    // The package's own check compares every key with every other; ours is below.
    uniqueKeys: false,
    schema: 'core',
    version: '1.2',
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
    stringKeys: true,
  });
  const [document, second] = [...composer.compose(tokens, true, front.yaml.length)];
  const problem = document?.errors[0] ?? document?.warnings[0];
  if (problem) {
    const tag = problem.code === 'TAG_RESOLVE_FAILED';
    report(tag ? 'yaml-tag' : 'yaml-syntax', at(problem.pos[0]), `YAML: ${firstLine(problem.message)}`);
    return null;
  }
  if (second) {
    report(
      'yaml-syntax',
      at(second.range[0]),
      'YAML: one document only; no line of three dots or directives',
    );
    return null;
  }
  const root = document?.contents;
  if (!root || (isScalar(root) && root.value === null)) {
    report(
      'front-matter-empty',
      { file, offset: 0 },
      'the front matter is empty',
      'write keys between the --- lines',
    );
    return null;
  }
  if (!isMap(root)) {
    report('front-matter-not-a-map', at(root.range?.[0] ?? 0), 'the front matter is not a map of keys');
    return null;
  }
  return convert(root, at, report);
}

/** null where so many maps close at once that the token parser's stack overflows; it looks for no pattern there. */
function tokensOf(yaml: string): CST.Token[] | null {
  try {
    return [...new Parser().parse(yaml)];
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

function firstLine(message: string): string {
  return printableInPlace(message.split('\n', 1)[0] ?? '').slice(0, 160);
}

/** Offset of a token that is nested more than `limit` deep, or null. */
function firstBelow(tokens: readonly CST.Token[], limit: number): number | null {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > limit + 1) return 'offset' in token ? token.offset : 0;
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) stack.push({ token: key, depth: depth + 1 });
      if (value) stack.push({ token: value, depth: depth + 1 });
    }
  }
  return null;
}

type At = (offset: number) => { file: ManifestFile; offset: number };

interface Conversion {
  readonly at: At;
  readonly report: Report;
  readonly spans: Map<string, Span>;
  readonly anchors: Map<string, Node>;
  nodes: number;
  aliases: number;
  failed: boolean;
}

function convert(root: Node, at: At, report: Report): YamlDocument | null {
  const state: Conversion = {
    at,
    report,
    spans: new Map(),
    anchors: new Map(),
    nodes: 0,
    aliases: 0,
    failed: false,
  };
  const data = convertNode(state, root, '', null, 0);
  if (state.failed) return null;
  return { data: data as { readonly [key: string]: Data }, spans: state.spans };
}

type Problem = readonly [code: Parameters<Report>[0], message: string, hint?: string];

/** Nothing is worth saying twice about a document that can't be read: only the first is reported. */
function refuse(state: Conversion, offset: number, [code, message, hint]: Problem): null {
  if (!state.failed) state.report(code, state.at(offset), message, hint);
  state.failed = true;
  return null;
}

/** Keeps where a value stands, as offsets in the file. */
function place({ spans, at }: Conversion, pointer: string, key: number, value: number): void {
  spans.set(pointer, { key: at(key).offset, value: at(value).offset });
}

function convertNode(
  state: Conversion,
  node: Node,
  pointer: string,
  key: number | null,
  depth: number,
): Data {
  const offset = node.range?.[0] ?? 0;
  state.nodes += 1;
  // An alias can nest what the text doesn't, and repeat it without end.
  if (state.nodes > mostNodes) {
    return refuse(state, offset, ['yaml-too-complex', `more than ${mostNodes} values`]);
  }
  if (depth > deepest) return refuse(state, offset, ['yaml-too-deep', `nested more than ${deepest} deep`]);
  if (isAlias(node)) {
    state.aliases += 1;
    if (state.aliases > mostAliases) {
      return refuse(state, offset, ['yaml-alias', `more than ${mostAliases} aliases`]);
    }
    const target = state.anchors.get(node.source);
    if (!target)
      return refuse(state, offset, ['yaml-alias', `no anchor ${quoted(node.source)} before this alias`]);
    return convertNode(state, target, pointer, key ?? offset, depth + 1);
  }
  if (node.tag !== undefined) {
    return refuse(state, offset, ['yaml-tag', 'a manifest has no tags', 'take the !tag away']);
  }
  const { anchor } = node as { anchor?: string };
  if (anchor !== undefined) state.anchors.set(anchor, node);
  place(state, pointer, key ?? offset, offset);
  if (isMap<Node, Node | null>(node)) return convertMap(state, node.items, pointer, depth);
  if (isSeq<Node>(node)) {
    return node.items.map((item, index) =>
      convertNode(state, item, pointerTo(pointer, index), null, depth + 1),
    );
  }
  return isScalar(node) ? (node.value as Data) : null;
}

function convertMap(
  state: Conversion,
  items: readonly Pair<Node, Node | null>[],
  pointer: string,
  depth: number,
): Data {
  const map: Record<string, Data> = Object.create(null);
  for (const { key, value } of items) {
    const offset = key.range?.[0] ?? 0;
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(key) || key.tag !== undefined || key.anchor !== undefined) {
      refuse(state, offset, ['forbidden-key', 'a key is a plain word: no alias, anchor or tag']);
      continue;
    }
    if (name === '__proto__') {
      refuse(state, offset, ['forbidden-key', "a key may not be '__proto__'"]);
      continue;
    }
    if (name === '<<') {
      refuse(state, offset, ['yaml-merge-key', "the merge key '<<' is not read", 'use extends']);
      continue;
    }
    if (Object.hasOwn(map, name)) {
      state.report(
        'duplicate-key',
        state.at(offset),
        `the key ${quoted(name)} stands here twice`,
        'keep one of them',
      );
      continue;
    }
    // `matches:` with nothing behind it reads as null, which lifts a restriction: too easily written by accident.
    if (value === null || (isScalar(value) && value.value === null && !value.source)) {
      const hint = "write a value; 'null' removes what a parent set";
      state.report('empty-value', state.at(offset), `${quoted(name)} has no value`, hint);
      map[name] = null;
      place(state, pointerTo(pointer, name), offset, offset);
      continue;
    }
    map[name] = convertNode(state, value, pointerTo(pointer, name), offset, depth + 1);
  }
  return map;
}
