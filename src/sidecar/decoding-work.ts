/** To undo it costs more than its bytes say. */
export class DecodingWorkError extends Error {
  constructor() {
    super('to undo it takes too much work');
  }
}

/** Bytes of a scan that tables and members of an encoded stream may cost for each byte that came. */
const factor = 8;

/** Ends a stream that costs more than it says. @param base bytes of a scan that it may cost in any case */
export function createWorkLimit(base: number) {
  let bytes = 0;
  let worked = 0;
  return {
    received: (count: number) => {
      bytes += count;
    },
    /** @throws DecodingWorkError */
    work: (count: number) => {
      worked += count;
      if (worked > base + bytes * factor) throw new DecodingWorkError();
    },
  };
}

/** Tables of Zstandard, for which few of its bytes stand. */
export const zstdWork = 64 * 1024;
