/** Milliseconds between two looks: while much comes and goes, and while nothing does. */
const soonest = 15;
const latest = 250;
/** Bytes of buffers that may have come since the last collection of young objects. */
const mostYoung = 8 * 1024 * 1024;

type Collect = (options?: { readonly type: 'minor' | 'major' }) => void;

/**
 * Collects in time what bodies leave behind. Memory outside its heap counts for little with V8: it lets forty megabytes
 * of buffers pile up, most of which died young. Collections of the young cost a millisecond; those of all are left to V8.
 */
export function collectBuffers(): void {
  const { gc } = globalThis as { readonly gc?: Collect };
  if (!gc) return;
  let lowest = buffers();
  let pause = latest;
  const look = () => {
    const now = buffers();
    if (now - lowest > mostYoung) {
      gc({ type: 'minor' });
      lowest = buffers();
      pause = soonest;
    } else {
      pause = now - lowest > mostYoung / 8 ? soonest : Math.min(latest, 2 * pause);
      lowest = Math.min(lowest, now);
    }
    setTimeout(look, pause).unref();
  };
  setTimeout(look, pause).unref();
}

/** V8's own count of what is outside its heap is off by what was given away to a worker. */
const buffers = (): number => process.memoryUsage().arrayBuffers;
