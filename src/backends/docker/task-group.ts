/** Work that goes on at the same time and succeeds or fails as a whole. */
export interface TaskGroup {
  /** Aborts with the first failure of any task, or when the caller calls the whole off: what waits must end then. */
  readonly signal: AbortSignal;
  /** Begins a task. Another may await it: the failure that came first is the one that is told. */
  begin<Result>(task: () => Promise<Result>): Promise<Result>;
  /** Waits until nothing is in flight any more, whatever became of each; throws the first failure. */
  settled(): Promise<void>;
}

export function openTaskGroup(outer: AbortSignal): TaskGroup {
  const controller = new AbortController();
  const { signal } = controller;
  const tasks: Promise<unknown>[] = [];
  const callOff = () => controller.abort(outer.reason);
  if (outer.aborted) callOff();
  outer.addEventListener('abort', callOff);
  return {
    signal,
    begin: (task) => {
      const begun = Promise.resolve().then(() => {
        signal.throwIfAborted();
        return task();
      });
      tasks.push(begun);
      begun.catch((thrown: unknown) => controller.abort(thrown));
      return begun;
    },
    settled: async () => {
      // A task may begin others.
      for (let seen = 0; seen < tasks.length; ) {
        seen = tasks.length;
        await Promise.allSettled(tasks);
      }
      outer.removeEventListener('abort', callOff);
      signal.throwIfAborted();
    },
  };
}
