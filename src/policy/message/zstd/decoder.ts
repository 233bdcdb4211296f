import { corrupt, ZstdError } from './bits.js';
import type { HuffmanTable } from './huffman.js';
import { littleEndian, readLiterals } from './literals.js';
import { executeSequences, readSequenceHeader, type SequenceTables } from './sequences.js';

/** What a frame begins with (RFC 8878, 3.1.1), least significant byte first. */
export const zstdMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** Bytes of the longest window that a receiver has to have (RFC 9659): more is for what is bounded by other means. */
export const usualWindow = 8 * 1024 * 1024;
const longestBlock = 128 * 1024;
const blockHeader = 3;
const checksumBytes = 4;
/** A table's cells that take as long as a byte's scan; and bytes of a scan that a block takes by itself. */
const cellsPerByte = 4;
const blockWork = 24;

/** Some of what came out. */
export interface ZstdOutput {
  /** Its own until more is decoded. */
  readonly bytes: Uint8Array;
  /** Of a skippable frame: what a reader doesn't take for content. */
  readonly skipped: boolean;
}

export interface ZstdDecoder {
  /** All that `chunk` completes. @throws ZstdError */
  push(chunk: Uint8Array): IterableIterator<ZstdOutput>;
  /** @throws ZstdError where the last frame has no end */
  end(): void;
  /** Bytes that were understood so far. */
  readonly consumed: () => number;
  /** Bytes that it keeps of what it made. */
  readonly memory: () => number;
}

interface Frame {
  readonly window: number;
  readonly contentSize: number | null;
  readonly hasChecksum: boolean;
  readonly lenient: boolean;
  readonly recent: Uint32Array;
  huffman: HuffmanTable | null;
  tables: SequenceTables | null;
  /** What was decoded of it, the last `window` bytes at least up to `length`. */
  history: Uint8Array;
  length: number;
  made: number;
}

type State =
  | { readonly at: 'frame' }
  | { readonly at: 'skippable'; left: number }
  | { readonly at: 'block'; readonly frame: Frame }
  | { readonly at: 'checksum' };

/**
 * Undoes Zstandard (RFC 8878), frame by frame and block by block: no more memory than twice the window. What needs a
 * dictionary or a longer window is refused; checksums are not looked at.
 *
 * @param longestWindow bytes
 * @param onWork told what took longer than its output says, in bytes of a scan; it may throw
 * @param lenient takes what the reference takes though it is damaged
 */
export function createZstdDecoder(
  longestWindow: number,
  onWork: (bytes: number) => void,
  lenient = false,
): ZstdDecoder {
  let state: State = { at: 'frame' };
  /** What is not decoded yet, and how much of it the next step needs. */
  let waiting: Uint8Array[] = [];
  let there = 0;
  let wanted = 1;
  let consumed = 0;
  /** One frame's memory is the next one's: there may be one every few bytes. */
  let room: Uint8Array = new Uint8Array(0);

  /** Answers how many bytes it took; none where it needs more. */
  function* step(bytes: Uint8Array): Generator<ZstdOutput, number> {
    switch (state.at) {
      case 'frame': {
        const header = frameHeader(bytes, longestWindow, lenient, room);
        if (!header) return 0;
        state = header.state;
        onWork(blockWork);
        return header.size;
      }
      case 'skippable': {
        const part = bytes.subarray(0, state.left);
        state.left -= part.length;
        if (state.left === 0) state = { at: 'frame' };
        if (part.length > 0) yield { bytes: part, skipped: true };
        return part.length;
      }
      case 'checksum': {
        if (bytes.length < checksumBytes) return 0;
        state = { at: 'frame' };
        return checksumBytes;
      }
      case 'block': {
        const { frame } = state;
        wanted = bytes.length < blockHeader ? blockHeader : blockSize(bytes, frame);
        if (bytes.length < wanted) return 0;
        const size = wanted;
        onWork(blockWork);
        const made = decodeBlock(frame, bytes, size, onWork);
        room = frame.history;
        if (((bytes[0] as number) & 1) === 1) {
          if (!lenient && frame.contentSize !== null && frame.contentSize !== frame.made) throw corrupt();
          state = { at: frame.hasChecksum ? 'checksum' : 'frame' };
        }
        if (made > 0)
          yield { bytes: frame.history.subarray(frame.length - made, frame.length), skipped: false };
        return size;
      }
    }
  }

  return {
    *push(chunk) {
      waiting.push(Buffer.from(chunk));
      there += chunk.length;
      if (there < wanted) return;
      const bytes = waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting);
      wanted = 1;
      for (let at = 0; ; ) {
        const size: number = yield* step(bytes.subarray(at));
        at += size;
        consumed += size;
        if (size > 0) wanted = 1;
        if (size > 0 && at < bytes.length) continue;
        waiting = [bytes.subarray(at)];
        there = bytes.length - at;
        return;
      }
    },
    end() {
      if (there > 0 || state.at !== 'frame') throw corrupt();
    },
    consumed: () => consumed,
    memory: () => room.length,
  };
}

/** null: not all of it is there. */
function frameHeader(
  bytes: Uint8Array,
  longestWindow: number,
  lenient: boolean,
  room: Uint8Array,
): { readonly state: State; readonly size: number } | null {
  if (bytes.length < 4) return null;
  const magic = littleEndian(bytes, 0, 4);
  if (magic >>> 4 === skippableMagic >>> 4) {
    if (bytes.length < 8) return null;
    const left = littleEndian(bytes, 4, 4);
    return { state: left === 0 ? { at: 'frame' } : { at: 'skippable', left }, size: 8 };
  }
  if (magic !== zstdMagic) throw corrupt();
  const descriptor = bytes[4];
  if (descriptor === undefined) return null;
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag;
  const dictionaryAt = isSingle ? 5 : 6;
  const sizeAt = dictionaryAt + dictionaryBytes;
  if (bytes.length < sizeAt + sizeBytes) return null;
  if ((descriptor & 8) !== 0) throw corrupt();
  if (littleEndian(bytes, dictionaryAt, dictionaryBytes) !== 0) throw new ZstdError('unsupported');
  const contentSize = sizeBytes === 0 ? null : contentSizeOf(bytes, sizeAt, sizeBytes);
  const window = isSingle ? (contentSize as number) : windowOf(bytes[5] as number);
  if (window > longestWindow) throw new ZstdError('unsupported');
  const frame: Frame = {
    // Whoever has room for all of it reads what is further back, too.
    window: lenient ? Number.POSITIVE_INFINITY : window,
    contentSize,
    hasChecksum: (descriptor & 4) !== 0,
    lenient,
    recent: Uint32Array.of(1, 4, 8),
    huffman: null,
    tables: null,
    history: room,
    length: 0,
    made: 0,
  };
  return { state: { at: 'block', frame }, size: sizeAt + sizeBytes };
}

function contentSizeOf(bytes: Uint8Array, at: number, count: number): number {
  if (count === 2) return littleEndian(bytes, at, 2) + 256;
  const low = littleEndian(bytes, at, Math.min(4, count));
  return count === 8 ? low + littleEndian(bytes, at + 4, 4) * 2 ** 32 : low;
}

/** RFC 8878, 3.1.1.1.2. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Bytes of a block with its header. */
function blockSize(bytes: Uint8Array, frame: Frame): number {
  const { kind, length } = blockHead(bytes);
  if (kind > 2 || length > mostOf(frame, kind)) throw corrupt();
  return blockHeader + (kind === 1 ? 1 : length);
}

/** A block's bytes, packed or not; some readers take any number of one and the same. */
const mostOf = ({ window, lenient }: Frame, kind: number): number =>
  lenient && kind === 1 ? Number.POSITIVE_INFINITY : Math.min(window, longestBlock);

function blockHead(bytes: Uint8Array): { readonly kind: number; readonly length: number } {
  const header = littleEndian(bytes, 0, blockHeader);
  return { kind: (header >> 1) & 3, length: header >>> 3 };
}

/** Adds a block's bytes to the frame's history; answers how many. */
function decodeBlock(frame: Frame, bytes: Uint8Array, size: number, onWork: (bytes: number) => void): number {
  const { kind, length } = blockHead(bytes);
  const most = mostOf(frame, 2);
  makeRoom(frame, kind === 2 ? most : length);
  const { history, length: before } = frame;
  if (kind === 2) compressedBlock(frame, bytes, size, most, onWork);
  else {
    frame.length += length;
    if (kind === 0) history.set(bytes.subarray(blockHeader, size), before);
    else history.fill(bytes[blockHeader] as number, before, frame.length);
  }
  frame.made += frame.length - before;
  return frame.length - before;
}

function compressedBlock(
  frame: Frame,
  bytes: Uint8Array,
  size: number,
  most: number,
  onWork: (bytes: number) => void,
): void {
  const literals = readLiterals(bytes, blockHeader, size, most, frame.huffman, frame.lenient);
  frame.huffman = literals.huffman;
  const sequences = readSequenceHeader(bytes, literals.end, size, frame.tables, frame.lenient);
  frame.tables = sequences.tables;
  const cells = sequences.cells + (literals.fresh ? (literals.huffman?.symbols.length ?? 0) : 0);
  onWork(cells / cellsPerByte);
  const target = {
    bytes: frame.history,
    at: frame.length,
    limit: frame.length + most,
    recent: frame.recent,
    window: frame.window,
    lenient: frame.lenient,
  };
  executeSequences(bytes, sequences.end, size, sequences, literals.bytes, target);
  frame.length = target.at;
}

/** Has room for so many bytes behind the history, of which the window's length is kept at least. */
function makeRoom(frame: Frame, count: number): void {
  const { history, length, window } = frame;
  const needed = length + count;
  if (needed <= history.length) return;
  const most = 2 * (window + longestBlock);
  if (needed <= most) {
    const longer = new Uint8Array(Math.min(most, Math.max(needed, 2 * history.length)));
    longer.set(history.subarray(0, length));
    frame.history = longer;
    return;
  }
  history.copyWithin(0, length - window, length);
  frame.length = window;
}
