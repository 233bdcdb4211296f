/** Milliseconds between two looks: while much comes and goes, and while nothing does. */
const soonest = 15;
const latest = 250;
/** Bytes of buffers that may have come since the last collection of young objects. */
const mostYoung = 6 * 1024 * 1024;
/** So many looks in turn that saw next to no change are a rest: about two seconds. Looks, bytes. */
const restLooks = 8;
const restBytes = 256 * 1024;
/** Bytes that must have come since the last collection of all for another to be worth it. */
const leastWorth = 2 * 1024 * 1024;

type Collect = (options?: { readonly type: 'minor' }) => void;

/**
 * Collects in time what bodies leave behind. Memory outside its heap counts for little with V8: it lets forty megabytes
 * of buffers pile up, most of which died young. Collections of the young cost a millisecond; those of all are left to V8:
 * to have it begin earlier while bodies go by cost a sixth of the requests of one connection. Where nothing goes on any
 * more one is done, once: what a busy minute left would stay otherwise.
 */
export function collectBuffers(): void {
  const { gc } = globalThis as { readonly gc?: Collect };
  if (!gc) return;
  let { buffers: lowest, all: before } = held();
  let rest = before;
  let quietLooks = 0;
  let pause = latest;
  const look = () => {
    const { buffers, all } = held();
    const grown = buffers - lowest;
    quietLooks = pause === latest && Math.abs(all - before) < restBytes ? quietLooks + 1 : 0;
    before = all;
    rest = Math.min(rest, all);
    if (grown > mostYoung) {
      gc({ type: 'minor' });
      lowest = held().buffers;
    } else lowest = Math.min(lowest, buffers);
    if (quietLooks === restLooks && all - rest > leastWorth) {
      gc();
      rest = held().all;
    }
    pause = grown > mostYoung / 8 ? soonest : Math.min(latest, 2 * pause);
    setTimeout(look, pause).unref();
  };
  setTimeout(look, pause).unref();
}

/** Bytes of buffers, and those with the heap's. V8's own count of what is outside its heap is off by what was given away to a worker. */
function held(): { readonly buffers: number; readonly all: number } {
  const { arrayBuffers: buffers, heapUsed } = process.memoryUsage();
  return { buffers, all: buffers + heapUsed };
}
