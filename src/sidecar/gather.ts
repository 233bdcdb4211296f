/** Bytes put together from chunks of any size, in one buffer that grows. The chunks are not written to afterwards. */
export interface Gather {
  readonly size: () => number;
  /** Bytes that are taken for it. */
  readonly capacity: () => number;
  append(chunk: Buffer): void;
  /** What is there, as long as nothing is appended. */
  bytes(): Buffer;
  /** Forgets the first bytes; what `bytes` answered before stays as it was. */
  drop(count: number): void;
}

const nothing = Buffer.alloc(0);

export function createGather(): Gather {
  let store: Buffer = nothing;
  let size = 0;
  return {
    size: () => size,
    capacity: () => store.length,
    append(chunk) {
      // What comes alone is not copied: nothing is ever written to it, since there is no room behind it.
      if (size === 0) {
        store = chunk;
        size = chunk.length;
        return;
      }
      if (size + chunk.length > store.length) {
        const grown = Buffer.allocUnsafe(Math.max(store.length * 2, size + chunk.length));
        store.copy(grown, 0, 0, size);
        store = grown;
      }
      store.set(chunk, size);
      size += chunk.length;
    },
    bytes: () => (size === store.length ? store : store.subarray(0, size)),
    drop(count) {
      if (count === 0) return;
      store = count >= size ? nothing : Buffer.from(store.subarray(count, size));
      size = store.length;
    },
  };
}
