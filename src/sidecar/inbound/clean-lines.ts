/** Lines that are remembered, all forgotten when there are more, and the longest. Entries, characters. */
const mostLines = 512;
const longestLine = 160;

/** Lines of a route's heads in which nothing was found lately: an upstream's answers differ in few of them. */
export interface CleanLines {
  readonly has: (name: string, value: string) => boolean;
  readonly add: (name: string, value: string) => void;
}

export function createCleanLines(): CleanLines {
  const valuesOf = new Map<string, Set<string>>();
  let count = 0;
  return {
    has: (name, value) => valuesOf.get(name)?.has(value) === true,
    add(name, value) {
      if (name.length + value.length > longestLine) return;
      if (count === mostLines) {
        valuesOf.clear();
        count = 0;
      }
      count += 1;
      // Copies: these are parts of the text of a whole head, which they would keep.
      const values = valuesOf.get(name);
      if (values) values.add(copyOf(value));
      else valuesOf.set(copyOf(name), new Set([copyOf(value)]));
    },
  };
}

const copyOf = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
