/** A map of bounded size: the entry that was asked for longest ago makes room, and is told. */
export interface LeastRecentlyUsed<Value> {
  readonly getOrCreate: (key: string, create: () => Value) => Value;
}

export function createLeastRecentlyUsed<Value>(
  limit: number,
  onEvict: (value: Value) => void = () => {},
): LeastRecentlyUsed<Value> {
  const entries = new Map<string, Value>();
  /** The key that was asked for last has its place already. */
  let newest: string | null = null;
  return {
    getOrCreate(key, create) {
      const found = entries.get(key);
      if (found !== undefined) {
        if (key === newest) return found;
        entries.delete(key);
        entries.set(key, found);
        newest = key;
        return found;
      }
      const created = create();
      entries.set(key, created);
      newest = key;
      if (entries.size > limit) {
        const [oldest] = entries;
        if (oldest) {
          entries.delete(oldest[0]);
          onEvict(oldest[1]);
        }
      }
      return created;
    },
  };
}
