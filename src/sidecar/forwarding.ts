/** What goes on with the requests that may. */
export type Forwarding = Pick<typeof import('./forward.js'), 'forward'> &
  Pick<typeof import('./forward-upgrade.js'), 'forwardUpgrade'>;

/** Loaded after the start, of which it would take a third: none of it is needed to refuse, and to be ready. */
export interface LazyForwarding {
  /** null: it isn't yet. */
  readonly loaded: () => Forwarding | null;
  /** Loads it, once. */
  readonly load: () => Promise<Forwarding>;
}

export function lazyForwarding(): LazyForwarding {
  let loading: Promise<Forwarding> | null = null;
  let loaded: Forwarding | null = null;

  async function load(): Promise<Forwarding> {
    const [{ forward }, { forwardUpgrade }] = await Promise.all([
      import('./forward.js'),
      import('./forward-upgrade.js'),
    ]);
    loaded = { forward, forwardUpgrade };
    return loaded;
  }

  return {
    loaded: () => loaded,
    load: () => {
      loading ??= load();
      return loading;
    },
  };
}
