import type { Duplex } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { NotScannedError } from '../../policy/inbound/scrub.js';
import { brotliWindow, type DecoderMemory } from '../decoder-memory.js';
import { createZstdStream } from './zstd-stream.js';

/** Undoes the content codings of a body as it comes. */
export interface Decoder {
  /** False: wait for `onRoom`. */
  push(chunk: Buffer): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

export interface DecoderEvents {
  readonly onData: (chunk: Buffer) => void;
  readonly onEnd: () => void;
  readonly onRoom: () => void;
  readonly onError: (error: Error) => void;
}

type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** What an upstream may be asked for: what Node undoes beside the event loop. */
export const codings: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'identity']);
/** Undone too where it comes all the same. */
const unasked = 'zstd';
/** One in another is legal, and nobody's practice. */
const mostCodings = 2;
/** Bytes that a body may become: so many more, and so many for each of its own. Text seldom shrinks to a fiftieth. */
const expansion = { base: 32 * 1024 * 1024, factor: 200 } as const;
const chunkSize = 64 * 1024;

/** What a `Content-Encoding` says, outermost last; null: something that can't be undone. */
export function parseCodings(value: string): readonly Coding[] | null {
  const names = value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > mostCodings || !names.every((name) => codings.has(name) || name === unasked))
    return null;
  return names.map((name) => (name === 'x-gzip' ? 'gzip' : (name as Coding)));
}

/**
 * @param list as they were applied, at least one
 * @param memory what it counts as that it keeps of what it made
 */
export function createDecoder(
  list: readonly Coding[],
  memory: DecoderMemory,
  events: DecoderEvents,
): Decoder {
  let received = 0;
  let made = 0;
  let first: Duplex | null = null;
  let last: Duplex | null = null;
  let done = false;
  /** Bytes of brotli's; 0: there is none. */
  let window = 0;

  const keep = (bytes: number) => {
    if (!memory.take(bytes)) fail(new NotScannedError('too many long answers are being decoded'));
  };
  const fail = (error: Error) => {
    if (done) return;
    destroy();
    events.onError(error);
  };
  const destroy = () => {
    done = true;
    memory.release();
    first?.destroy();
    last?.destroy();
  };
  const onData = (chunk: Buffer) => {
    made += chunk.length;
    if (made > expansion.base + received * expansion.factor) fail(new Error('the body expands too far'));
    else if (window > 0) keep(Math.min(made, window));
    if (!done) events.onData(chunk);
  };

  function open(beginning: Buffer): Duplex {
    if (list.includes('br')) window = brotliWindow(list.length === 1 ? (beginning[0] ?? null) : null);
    const stages = list
      .toReversed()
      .map((coding, index) => inverse(coding, index === 0 ? beginning : null, keep));
    for (const stage of stages) stage.on('error', fail);
    stages.reduce((from, to) => from.pipe(to));
    last = stages.at(-1) as Duplex;
    last.on('data', onData).once('end', () => {
      memory.release();
      if (!done) events.onEnd();
    });
    stages[0]?.on('drain', events.onRoom);
    return stages[0] as Duplex;
  }

  return {
    push(chunk) {
      if (done) return true;
      received += chunk.length;
      first ??= open(chunk);
      return first.write(chunk);
    },
    end() {
      // Without a single byte there is nothing to undo.
      if (first) first.end();
      else events.onEnd();
    },
    pause: () => last?.pause(),
    resume: () => last?.resume(),
    destroy,
  };
}

function inverse(coding: Coding, beginning: Buffer | null, keep: (bytes: number) => void): Duplex {
  if (coding === 'zstd') return createZstdStream(keep);
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = constants;
  if (coding === 'br') return createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, chunkSize });
  const options = { flush: Z_SYNC_FLUSH, chunkSize };
  if (coding === 'gzip') return createGunzip(options);
  // RFC 9110, 8.4.1.2: zlib's format is meant, and its compressed data alone is what some send.
  const wrapped = beginning === null || ((beginning[0] ?? 0) & 0x0f) === 8;
  return wrapped ? createInflate(options) : createInflateRaw(options);
}
