/** What a start has taken and must give back, last taken first. */
export interface Releases {
  add(release: () => Promise<void>): void;
  /** Gives all back, once; a failure of one doesn't keep the others. */
  run(): Promise<void>;
}

export function makeReleases(): Releases {
  const taken: (() => Promise<void>)[] = [];
  return {
    add: (release) => {
      taken.push(release);
    },
    run: async () => {
      const failures: unknown[] = [];
      for (let release = taken.pop(); release; release = taken.pop()) {
        await release().catch((failure: unknown) => failures.push(failure));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
