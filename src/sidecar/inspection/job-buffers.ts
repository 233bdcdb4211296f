/** Memory that goes to a worker with a job and comes back with its answer, to be used again. */
export interface JobBuffers {
  /** At least so many bytes; what was in them before may still be there. */
  take(size: number): ArrayBuffer;
  giveBack(buffer: ArrayBuffer): void;
}

const smallest = 64 * 1024;
/** Bytes that wait for the next job: two of the longest bodies that are held whole. */
const mostIdle = 2 * 1024 * 1024;

/**
 * Memory of its own for each job would be garbage in the worker, which V8 leaves lying by the ten megabytes: what is
 * outside its heap counts for little with it.
 */
export function createJobBuffers(): JobBuffers {
  /** By their size. */
  const idle = new Map<number, ArrayBuffer[]>();
  let idleBytes = 0;
  return {
    take(size) {
      const rounded = roundUp(size);
      const buffer = idle.get(rounded)?.pop();
      if (!buffer) return new ArrayBuffer(rounded);
      idleBytes -= rounded;
      return buffer;
    },
    giveBack(buffer) {
      const size = buffer.byteLength;
      if (size === 0 || idleBytes + size > mostIdle) return;
      idleBytes += size;
      const others = idle.get(size);
      if (others) others.push(buffer);
      else idle.set(size, [buffer]);
    },
  };
}

/** To a power of two, so that what one job leaves fits the next of about its size. */
function roundUp(size: number): number {
  let rounded = smallest;
  while (rounded < size) rounded *= 2;
  return rounded;
}
