/**
 * Aho-Corasick over bytes, case-insensitive for ASCII letters, as one flat transition table.
 *
 * A byte is first mapped to one of at most 64 classes (bytes that occur in no keyword share class 0),
 * so a row is 64 entries of 16 bits and the rows near the root, where clean text stays, fit a core's cache.
 * States are numbered breadth first, those at which no keyword ends before the others.
 */
export interface Automaton {
  readonly classOf: Uint8Array;
  readonly next: Uint16Array;
  /** A power of two: at states from this one on keywords end, and all of these have its bit. */
  readonly firstEnd: number;
  /** Keywords ending at such a state: `ending[endingFrom[state - firstEnd]]` up to the next one's. */
  readonly endingFrom: Uint32Array;
  readonly ending: Uint16Array;
  /** Bytes of the longest keyword. */
  readonly longest: number;
  /** Keywords that end at one state at most. */
  readonly mostTogether: number;
}

const classBits = 6;
const mostStates = 1 << 16;

interface Node {
  readonly children: Map<number, Node>;
  readonly ends: number[];
  failure: Node | null;
  index: number;
}

const newNode = (): Node => ({ children: new Map(), ends: [], failure: null, index: 0 });

/** @throws RangeError when a keyword is empty, or they need more than 64 classes or 65,536 states. */
export function buildAutomaton(keywords: readonly string[]): Automaton {
  if (keywords.includes('')) throw new RangeError('a keyword is empty');
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
  const longest = Math.max(1, ...keywords.map((keyword) => keyword.length));
  return { classOf, longest, ...flatten(linkFailures(root)) };
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

/** Breadth-first order; every node inherits the endings of its failure link. */
function linkFailures(root: Node): readonly Node[] {
  const order = [root];
  for (const node of order) {
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
  const passing = order.filter(({ ends }) => ends.length === 0);
  const ended = order.filter(({ ends }) => ends.length > 0);
  const firstEnd = 2 ** Math.ceil(Math.log2(Math.max(passing.length, ended.length)));
  const states = firstEnd + ended.length;
  if (states > mostStates) throw new RangeError(`too many states: ${states}`);
  passing.forEach((node, i) => {
    node.index = i;
  });
  ended.forEach((node, i) => {
    node.index = firstEnd + i;
  });
  const next = new Uint16Array(states << classBits);
  for (const { index, failure, children } of order) {
    const row = index << classBits;
    if (failure) next.copyWithin(row, failure.index << classBits, (failure.index + 1) << classBits);
    for (const [byteClass, child] of children) next[row + byteClass] = child.index;
  }
  const ending = Uint16Array.from(ended.flatMap(({ ends }) => ends));
  const endingFrom = new Uint32Array(ended.length + 1);
  ended.forEach(({ ends }, i) => {
    endingFrom[i + 1] = (endingFrom[i] as number) + ends.length;
  });
  const mostTogether = Math.max(1, ...ended.map(({ ends }) => ends.length));
  return { next, firstEnd, endingFrom, ending, mostTogether };
}

/** Whether a keyword stands in `bytes[from..to)`. */
export function holdsKeyword(
  { classOf, next, firstEnd }: Automaton,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  let state = 0;
  for (let i = from; i < to; i += 1) {
    state = next[(state << classBits) | (classOf[bytes[i] as number] as number)] as number;
    if (state >= firstEnd) return true;
  }
  return false;
}
