import { pairCount, pairTable } from './pair-table.js';

/**
 * Aho-Corasick over bytes, case-insensitive for ASCII letters, as one flat transition table.
 *
 * A byte is first mapped to one of at most 64 classes (bytes that occur in no keyword share class 0),
 * so a row is 64 entries of 16 bits and the rows near the root, where clean text stays, fit a core's cache.
 * States are numbered breadth first; the top bit of an entry marks a state at which a keyword ends.
 */
export interface Automaton {
  readonly classOf: Uint8Array;
  /** For two bytes, the first in the low half: their classes, the first in the low bits. */
  readonly classesOf: Uint16Array;
  readonly next: Uint16Array;
  /** Keywords ending at a state: `ending[endingFrom[state]]` up to `endingFrom[state + 1]`. */
  readonly endingFrom: Uint32Array;
  readonly ending: Uint16Array;
  readonly lengths: Uint16Array;
  /** Bytes of the longest keyword. */
  readonly longest: number;
}

/** Occurrences in order of their end: `ends[i]` is the offset after the last byte of keyword `ids[i]`. */
export interface Occurrences {
  count: number;
  ends: Int32Array;
  ids: Uint16Array;
}

const classBits = 6;
const classMask = 0x3f;
const endMark = 0x8000;
const stateMask = 0x7fff;

interface Node {
  readonly children: Map<number, Node>;
  readonly ends: number[];
  failure: Node | null;
  index: number;
}

const newNode = (): Node => ({ children: new Map(), ends: [], failure: null, index: 0 });

/** @throws RangeError when the keywords need more than 64 classes or 32,767 states. */
export function buildAutomaton(keywords: readonly string[]): Automaton {
  const classOf = classify(keywords);
  const root = newNode();
  keywords.forEach((keyword, id) => {
    let node = root;
    for (const byte of Buffer.from(keyword, 'latin1')) {
      const byteClass = classOf[byte] as number;
      let child = node.children.get(byteClass);
      if (!child) {
        child = newNode();
        node.children.set(byteClass, child);
      }
      node = child;
    }
    node.ends.push(id);
  });
  const order = linkFailures(root);
  if (order.length > stateMask) throw new RangeError(`too many states: ${order.length}`);
  const lengths = Uint16Array.from(keywords, (keyword) => keyword.length);
  const classesOf = pairTable(
    new Uint16Array(pairCount),
    (first, second) => (classOf[first] as number) | ((classOf[second] as number) << classBits),
  );
  return { classOf, classesOf, lengths, longest: Math.max(1, ...lengths), ...flatten(order) };
}

function classify(keywords: readonly string[]): Uint8Array {
  const classOf = new Uint8Array(256);
  let used = 0;
  for (const keyword of keywords) {
    for (const byte of Buffer.from(keyword.toLowerCase(), 'latin1')) {
      if (classOf[byte]) continue;
      used += 1;
      if (used >= 1 << classBits) throw new RangeError('too many distinct bytes in the keywords');
      classOf[byte] = used;
      if (byte >= 0x61 && byte <= 0x7a) classOf[byte - 0x20] = used;
    }
  }
  return classOf;
}

/** Breadth-first order, which is also the numbering; every node inherits the endings of its failure link. */
function linkFailures(root: Node): readonly Node[] {
  const order = [root];
  for (let i = 0; i < order.length; i += 1) {
    const node = order[i] as Node;
    node.index = i;
    for (const [byteClass, child] of node.children) {
      let fallback = node.failure;
      while (fallback && !fallback.children.has(byteClass)) fallback = fallback.failure;
      child.failure = fallback?.children.get(byteClass) ?? root;
      order.push(child);
    }
    if (node.failure) node.ends.push(...node.failure.ends);
  }
  return order;
}

function flatten(order: readonly Node[]) {
  const next = new Uint16Array(order.length << classBits);
  const endingFrom = new Uint32Array(order.length + 1);
  const ending: number[] = [];
  for (const node of order) {
    endingFrom[node.index] = ending.length;
    ending.push(...node.ends);
    const row = node.index << classBits;
    if (node.failure)
      next.copyWithin(row, node.failure.index << classBits, (node.failure.index + 1) << classBits);
    for (const [byteClass, child] of node.children)
      next[row + byteClass] = child.index | (child.ends.length > 0 || endsBySuffix(child) ? endMark : 0);
  }
  endingFrom[order.length] = ending.length;
  return { next, endingFrom, ending: Uint16Array.from(ending) };
}

function endsBySuffix(node: Node): boolean {
  for (let at = node.failure; at; at = at.failure) if (at.ends.length > 0) return true;
  return false;
}

export function newOccurrences(): Occurrences {
  return { count: 0, ends: new Int32Array(256), ids: new Uint16Array(256) };
}

/** Appends every occurrence in `bytes[from..to)` to `found`; `state` as a former call returned it, 0 at first. */
export function findOccurrences(
  automaton: Automaton,
  bytes: Uint8Array,
  from: number,
  to: number,
  state: number,
  found: Occurrences,
): number {
  const { classOf, next } = automaton;
  let at = state;
  for (let i = from; i < to; i += 1) {
    at = next[(at << classBits) | (classOf[bytes[i] as number] as number)] as number;
    if (at & endMark) {
      at &= stateMask;
      record(automaton, at, i + 1, found);
    }
  }
  return at;
}

/** Texts shorter than this are walked in one lane: two would cost more than they save. */
const shortestInLanes = 96;

/**
 * Every occurrence in `bytes`, in place of what `found` held; `spare` is scratch.
 *
 * Each step waits for the one before it to be read from the table, so two halves of the text are walked side by
 * side, which takes hardly longer than one. The first then goes on over the border, for keywords that lie across it.
 */
export function findAll(
  automaton: Automaton,
  bytes: Uint8Array,
  found: Occurrences,
  spare: Occurrences,
): void {
  found.count = 0;
  if (bytes.length < shortestInLanes) {
    findOccurrences(automaton, bytes, 0, bytes.length, 0, found);
    return;
  }
  spare.count = 0;
  const border = (bytes.length >>> 1) & ~1;
  const [first, second] = walkHalves(automaton, bytes, border, found, spare);
  findOccurrences(automaton, bytes, 2 * border, bytes.length, second, spare);
  const before = found.count;
  const reach = Math.min(bytes.length, border + automaton.longest - 1);
  findOccurrences(automaton, bytes, border, reach, first, found);
  join(automaton, found, before, border, spare);
}

/** Two steps of both lanes a turn; answers their states. `border` is even. */
function walkHalves(
  automaton: Automaton,
  bytes: Uint8Array,
  border: number,
  found: Occurrences,
  spare: Occurrences,
): readonly [first: number, second: number] {
  const { classesOf, next } = automaton;
  const wide = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let a = 0;
  let b = 0;
  for (let i = 0, j = border; i < border; i += 2, j += 2) {
    const p = classesOf[wide.getUint16(i, true)] as number;
    const q = classesOf[wide.getUint16(j, true)] as number;
    const a1 = next[(a << classBits) | (p & classMask)] as number;
    const b1 = next[(b << classBits) | (q & classMask)] as number;
    a = next[((a1 & stateMask) << classBits) | (p >>> classBits)] as number;
    b = next[((b1 & stateMask) << classBits) | (q >>> classBits)] as number;
    if ((a1 | a | b1 | b) & endMark) {
      if (a1 & endMark) record(automaton, a1 & stateMask, i + 1, found);
      if (a & endMark) record(automaton, a & stateMask, i + 2, found);
      if (b1 & endMark) record(automaton, b1 & stateMask, j + 1, spare);
      if (b & endMark) record(automaton, b & stateMask, j + 2, spare);
      a &= stateMask;
      b &= stateMask;
    }
  }
  return [a, b];
}

/** Puts the second half's occurrences in order behind the first's; from `before` on those are kept that began before the border. */
function join(
  automaton: Automaton,
  found: Occurrences,
  before: number,
  border: number,
  spare: Occurrences,
): void {
  const across: number[] = [];
  for (let i = before; i < found.count; i += 1) {
    const id = found.ids[i] as number;
    const end = found.ends[i] as number;
    if (end - (automaton.lengths[id] as number) < border) across.push(end, id);
  }
  found.count = before;
  let taken = 0;
  for (let i = 0; i < across.length; i += 2) {
    const end = across[i] as number;
    while (taken < spare.count && (spare.ends[taken] as number) < end) {
      add(found, spare.ends[taken] as number, spare.ids[taken] as number);
      taken += 1;
    }
    add(found, end, across[i + 1] as number);
  }
  while (found.ends.length < found.count + spare.count - taken) grow(found);
  found.ends.set(spare.ends.subarray(taken, spare.count), found.count);
  found.ids.set(spare.ids.subarray(taken, spare.count), found.count);
  found.count += spare.count - taken;
}

function record({ endingFrom, ending }: Automaton, state: number, end: number, found: Occurrences): void {
  const first = endingFrom[state] as number;
  const count = (endingFrom[state + 1] as number) - first;
  let at = found.count;
  while (found.ends.length < at + count) grow(found);
  const { ends, ids } = found;
  for (let i = first; i < first + count; i += 1, at += 1) {
    ends[at] = end;
    ids[at] = ending[i] as number;
  }
  found.count = at;
}

function add(found: Occurrences, end: number, id: number): void {
  if (found.count === found.ends.length) grow(found);
  found.ends[found.count] = end;
  found.ids[found.count] = id;
  found.count += 1;
}

/** Whether a keyword stands in `bytes[from..to)`. */
export function holdsKeyword(
  { classOf, next }: Automaton,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  let state = 0;
  for (let i = from; i < to; i += 1) {
    state = next[(state << classBits) | (classOf[bytes[i] as number] as number)] as number;
    if (state & endMark) return true;
  }
  return false;
}

function grow(found: Occurrences): void {
  const ends = new Int32Array(found.ends.length * 2);
  ends.set(found.ends);
  found.ends = ends;
  const ids = new Uint16Array(found.ids.length * 2);
  ids.set(found.ids);
  found.ids = ids;
}
