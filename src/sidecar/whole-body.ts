/** A body of a known length, put together as it comes. */
export interface WholeBody {
  append(chunk: Buffer): void;
  /** @throws Error where it is not as long as it says */
  end(): Buffer;
}

/**
 * Straight into the place where it stays: pieces that wait for the last would outlive the collections of young objects,
 * and lie there as garbage afterwards.
 */
export function createWholeBody(length: number): WholeBody {
  let whole: Buffer | null = null;
  let size = 0;
  return {
    append(chunk) {
      if (chunk.length === length) whole = chunk;
      else if (size + chunk.length <= length) {
        whole ??= Buffer.allocUnsafeSlow(length);
        whole.set(chunk, size);
      }
      size += chunk.length;
    },
    end() {
      // Where nothing was written there is what others left.
      if (!whole || size !== length) throw new Error('the body is not as long as it says');
      return whole;
    },
  };
}
