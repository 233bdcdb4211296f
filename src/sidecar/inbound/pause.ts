/** Tells when nothing has come for a while. */
interface Pause {
  /** Something came, or may come again. */
  begin(): void;
  stop(): void;
}

/**
 * A process that was held up finds its time over before it has read what came meanwhile: so that is read first.
 *
 * @param milliseconds null: nobody waits for it
 */
export function createPause(milliseconds: number | null, onPause: () => void): Pause {
  let begun = 0;
  let timer: NodeJS.Timeout | null = null;
  const onTime = () => {
    const before = begun;
    const unlessMore = (call: () => void) => () => {
      if (begun === before) call();
    };
    // In the first turn it is read, in the next what came in small pieces is put together.
    setImmediate(
      unlessMore(() => {
        setImmediate(unlessMore(onPause));
      }),
    );
  };
  return {
    begin() {
      if (milliseconds === null) return;
      begun += 1;
      if (timer) timer.refresh();
      else timer = setTimeout(onTime, milliseconds);
    },
    stop() {
      begun += 1;
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
