/** A map of bounded size: the entry that was asked for longest ago makes room, and is told. */
export interface LeastRecentlyUsed<Value> {
  readonly getOrCreate: (key: string, create: () => Value) => Value;
}

export function createLeastRecentlyUsed<Value>(
  limit: number,
  onEvict: (value: Value) => void = () => {},
): LeastRecentlyUsed<Value> {
  const entries = new Map<string, Value>();
  return {
    getOrCreate(key, create) {
      const found = entries.get(key);
      if (found !== undefined) {
        entries.delete(key);
        entries.set(key, found);
        return found;
      }
      const created = create();
      entries.set(key, created);
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
