/**
 * Aho-Corasick over bytes, case-insensitive for ASCII letters, as one flat transition table.
 *
 * A byte is first mapped to one of at most 64 classes (bytes that occur in no keyword share class 0),
 * so a row is 64 entries of 16 bits and the rows near the root, where clean text stays, fit a core's cache.
 * States are numbered breadth first; the top bit of an entry marks a state at which a keyword ends.
 */
export interface Automaton {
  readonly classOf: Uint8Array;
  readonly next: Uint16Array;
  /** Keywords ending at a state: `ending[endingFrom[state]]` up to `endingFrom[state + 1]`. */
  readonly endingFrom: Uint32Array;
  readonly ending: Uint16Array;
  readonly lengths: Uint16Array;
  /** Bytes of the longest keyword. */
  readonly longest: number;
}

const classBits = 6;
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
  return { classOf, lengths, longest: Math.max(1, ...lengths), ...flatten(order) };
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
