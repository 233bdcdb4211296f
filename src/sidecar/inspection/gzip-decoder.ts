import { crc32, createInflateRaw } from 'node:zlib';
import { gzipData, gzipMagic, hasText } from '../../policy/message/gzip.js';
import { createWorkLimit } from '../decoding-work.js';
import type { BodyDecoder, DecodedPart } from './body-decoder.js';
import { createZlibSteps, type ZlibSteps } from './zlib-steps.js';

/** Bytes of a member's header; names and comments are short. */
const longestHeader = 64 * 1024;
const trailerBytes = 8;
const reservedFlags = 0xe0;
const chunkSize = 64 * 1024;
/** Bytes of a scan that take as long as to set up a member, and what the first few hundred may cost. */
const memberWork = 2048;
const freeWork = 512 * memberWork;

interface Member {
  readonly steps: ZlibSteps;
  checksum: number;
  size: number;
}

const corrupt = () => new Error('no gzip stream');

/**
 * Member after member, and nothing else (RFC 1952); their lengths and checksums must be right. Of many tiny ones it is
 * taken for an attack: each has a stream of zlib's of its own.
 */
export function createGzipDecoder(): BodyDecoder {
  /** Of a header or trailer that isn't complete. */
  let held: Buffer = Buffer.alloc(0);
  let member: Member | null = null;
  let inTrailer = false;
  const limit = createWorkLimit(freeWork);
  /** Bytes before the data of this member, and content of all. */
  let before = 0;
  let told = 0;

  async function* header(bytes: Buffer): AsyncGenerator<DecodedPart, Buffer> {
    held = Buffer.concat([held, bytes]);
    const length = Math.min(held.length, gzipMagic.length);
    if (gzipMagic.compare(held, 0, length, 0, length) !== 0) throw corrupt();
    if (((held[3] ?? 0) & reservedFlags) !== 0 || held.length > longestHeader + bytes.length) throw corrupt();
    const data = gzipData(held, 0);
    if (data >= held.length) return Buffer.alloc(0);
    const head = held.subarray(0, data);
    const rest = held.subarray(data);
    limit.work(memberWork);
    member = { steps: createZlibSteps(createInflateRaw({ chunkSize })), checksum: 0, size: 0 };
    held = Buffer.alloc(0);
    before += head.length;
    if (hasText(head)) yield { bytes: head, besides: true };
    return rest;
  }

  async function* data(bytes: Buffer, { steps }: Member): AsyncGenerator<DecodedPart, Buffer> {
    const from = steps.consumed();
    for await (const part of steps.push(bytes)) {
      told += part.length;
      const one = member as Member;
      one.checksum = crc32(part, one.checksum);
      one.size = (one.size + part.length) >>> 0;
      yield { bytes: part, besides: false };
    }
    if (!steps.ended()) return Buffer.alloc(0);
    inTrailer = true;
    return bytes.subarray(steps.consumed() - from);
  }

  function trailer(bytes: Buffer, { steps, checksum, size }: Member): Buffer {
    const missing = trailerBytes - held.length;
    held = Buffer.concat([held, bytes.subarray(0, missing)]);
    if (held.length < trailerBytes) return Buffer.alloc(0);
    if (held.readUInt32LE(0) !== checksum || held.readUInt32LE(4) !== size) throw corrupt();
    before += steps.consumed() + trailerBytes;
    steps.destroy();
    member = null;
    inTrailer = false;
    held = Buffer.alloc(0);
    return bytes.subarray(missing);
  }

  return {
    async *push(chunk) {
      limit.received(chunk.length);
      let rest = chunk;
      while (rest.length > 0) {
        if (!member) rest = yield* header(rest);
        else if (inTrailer) rest = trailer(rest, member);
        else rest = yield* data(rest, member);
      }
    },
    // biome-ignore lint/correctness/useYield: there is nothing left to come
    async *end() {
      if (member || held.length > 0) throw corrupt();
    },
    mark: () => ({
      body: before + (member?.steps.consumed() ?? 0),
      content: told + (member?.steps.waiting() ?? 0),
    }),
    memory: () => 0,
    destroy: () => member?.steps.destroy(),
  };
}
