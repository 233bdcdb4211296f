import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Milliseconds between two looks: while much comes and goes, and while nothing does. */
const soonest = 5;
const latest = 250;
/** Bytes of buffers that may have come since the last collection of young objects. */
const mostYoung = 4 * 1024 * 1024;
/**
 * Of the room that V8 leaves the heap, the part after which it begins a collection of all: while bodies go by, when what
 * outlived the young is mostly buffers; usually as it sees fit; at once. Percent.
 */
const triggers = { bodies: 75, usual: 0, now: 1 } as const;
/** So many looks in turn that saw next to no change are a rest: about two seconds. Looks, bytes. */
const restLooks = 8;
const restBytes = 256 * 1024;
/** Bytes that must have come since the last collection of all for another to be worth it. */
const leastWorth = 2 * 1024 * 1024;

type Collect = (options?: { readonly type: 'minor' }) => void;

/**
 * Collects in time what bodies leave behind. Memory outside its heap counts for little with V8: it lets forty megabytes
 * of buffers pile up, most of which died young. Collections of the young cost half a millisecond. Those of all are left
 * to V8, which is only told to begin earlier while bodies go by: left alone it stops for them near its limit, once a process
 * has done much. Where nothing goes on any more one is begun, once: what a busy minute left would stay otherwise.
 */
export function collectBuffers(): void {
  const { gc } = globalThis as { readonly gc?: Collect };
  if (!gc) return;
  let { external: lowest, all: before } = held();
  let rest = before;
  let quietLooks = 0;
  let pause = latest;
  let trigger: number = triggers.usual;
  const look = () => {
    const { external, all } = held();
    const grown = external - lowest;
    quietLooks = pause === latest && Math.abs(all - before) < restBytes ? quietLooks + 1 : 0;
    before = all;
    rest = Math.min(rest, all);
    if (grown > mostYoung) {
      gc({ type: 'minor' });
      lowest = held().external;
      setTrigger(triggers.bodies);
    } else {
      lowest = Math.min(lowest, external);
      if (quietLooks === restLooks && all - rest > leastWorth) collectAll();
      // What is there still, is in use.
      else if (quietLooks === 2 * restLooks) rest = all;
    }
    pause = grown > mostYoung / 8 ? soonest : Math.min(latest, 2 * pause);
    if (pause === latest) setTrigger(triggers.usual);
    setTimeout(look, pause).unref();
  };
  function setTrigger(percent: number): void {
    if (percent !== trigger) setFlagsFromString(`--incremental-marking-hard-trigger=${percent}`);
    trigger = percent;
  }
  /** `gc()` would throw away optimized code with it: the next requests would take half as long again, until it is made anew. */
  const collectAll = () => {
    setTrigger(triggers.now);
    gc({ type: 'minor' });
    setTrigger(triggers.usual);
  };
  setTimeout(look, pause).unref();
}

/** Bytes of buffers and the like, and those with the heap's. */
function held(): { readonly external: number; readonly all: number } {
  const { external_memory: external, used_heap_size: heap } = getHeapStatistics();
  return { external, all: external + heap };
}
