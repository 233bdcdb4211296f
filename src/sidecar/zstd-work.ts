import { corrupt } from '../policy/message/zstd/bits.js';

/** Bytes of a scan that the tables of a Zstandard stream may cost: so many, and so many for each byte that came. */
const allowed = { base: 64 * 1024, factor: 8 } as const;

/** Ends a stream that costs more than it says. */
export function createWorkLimit() {
  let bytes = 0;
  let worked = 0;
  return {
    received: (count: number) => {
      bytes += count;
    },
    /** @throws ZstdError */
    work: (count: number) => {
      worked += count;
      if (worked > allowed.base + bytes * allowed.factor) throw corrupt();
    },
  };
}
