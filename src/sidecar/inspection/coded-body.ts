import type { ContentCoding } from '../../policy/message/encodings.js';
import { ZstdError } from '../../policy/message/zstd/bits.js';
import { countDecoder, type DecoderMemory } from '../decoder-memory.js';
import { DecodingWorkError } from '../decoding-work.js';
import { createGather } from '../gather.js';
import { type BodyDecoder, createBodyDecoder, type DecodedMark, type DecodedPart } from './body-decoder.js';
import { encodeBody } from './body-encoder.js';
import { type Inspection, refusalOf } from './inspect-request.js';
import { BodyRefused, type LongScan } from './long-scan.js';

/** Bytes that a long body may become: so many, and so many for each of its own. */
const expansion = { base: 16 * 1024 * 1024, factor: 50 } as const;
/** Bytes of a body that came to nothing yet that could be looked at. */
const mostWaiting = 1024 * 1024;
/**
 * Content that is to be clean beyond what a byte of the body came to before that byte goes: a copy that its decoder was
 * in the midst of (258 bytes in deflate), and what a part of a letter's code tells.
 */
const margin = 1024;
/** Of these every byte is either content or can be looked at besides; others go on encoded anew. */
const toTheLetter: ReadonlySet<ContentCoding> = new Set(['gzip', 'zstd']);

export interface CodedBody {
  readonly content: AsyncIterable<Buffer>;
  /** It is as it came, to the last byte. */
  readonly asItCame: boolean;
}

/** Has the content of an encoded body scanned as it goes, and lets so much of the body go as came to what is clean. */
export function inspectCoded(
  source: AsyncIterable<Buffer>,
  coding: ContentCoding,
  newScan: () => LongScan,
  inspection: Inspection,
): CodedBody {
  const decoder = createBodyDecoder(coding);
  const { exchange } = inspection;
  const memory = countDecoder(exchange.gate.held);
  const { body } = exchange;
  const release = () => {
    memory.release();
    body.release();
  };
  // A client may leave before any of it is read on.
  exchange.body = { ...body, release };
  const decoding: Decoding = { decoder, memory, coding, newScan, inspection };
  const asItCame = toTheLetter.has(coding) && inspection.route.route.dlp.outboundOnMatch !== 'redact';
  return {
    asItCame,
    content: asItCame ? passedOn(source, decoding) : encodeBody(coding, cleanContent(source, decoding)),
  };
}

interface Decoding {
  readonly decoder: BodyDecoder;
  readonly memory: DecoderMemory;
  readonly coding: ContentCoding;
  readonly newScan: () => LongScan;
  readonly inspection: Inspection;
}

/** Only the content goes on: what a reader could see besides it doesn't. */
async function* cleanContent(source: AsyncIterable<Buffer>, decoding: Decoding): AsyncGenerator<Buffer> {
  const scan = decoding.newScan();
  for await (const { bytes, besides } of decodedParts(source, decoding)) {
    if (!besides) yield await scan.push(bytes);
  }
  yield await scan.end();
}

async function* passedOn(source: AsyncIterable<Buffer>, decoding: Decoding): AsyncGenerator<Buffer> {
  const { decoder, newScan, inspection } = decoding;
  const scan = newScan();
  /** Of what stands between the content: a reader of either doesn't see the other. */
  let besidesScan: LongScan | null = null;
  const waiting = createGather();
  const marks: DecodedMark[] = [];
  let gone = 0;
  let clean = 0;
  async function* kept(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      waiting.append(chunk);
      if (waiting.size() > mostWaiting + chunk.length) throw new BodyRefused(expandsTooFar(inspection));
      yield chunk;
    }
  }
  for await (const { bytes, besides } of decodedParts(kept(), decoding)) {
    if (besides) {
      besidesScan ??= newScan();
      await besidesScan.push(bytes);
      // It goes with the content behind it.
      continue;
    }
    await besidesScan?.end();
    besidesScan = null;
    marks.push(decoder.mark());
    clean += (await scan.push(bytes)).length;
    let fit = gone;
    for (let [mark] = marks; mark && mark.content + margin <= clean; [mark] = marks) {
      fit = mark.body;
      marks.shift();
    }
    if (fit === gone) continue;
    const piece = Buffer.from(waiting.bytes().subarray(0, fit - gone));
    waiting.drop(piece.length);
    gone = fit;
    yield piece;
  }
  await besidesScan?.end();
  await scan.end();
  yield waiting.bytes();
}

/** What a body comes to, within bounds. @throws BodyRefused */
async function* decodedParts(
  source: AsyncIterable<Buffer>,
  { decoder, memory, coding, inspection }: Decoding,
): AsyncGenerator<DecodedPart> {
  let received = 0;
  let made = 0;
  async function* bounded(parts: AsyncIterable<DecodedPart>): AsyncGenerator<DecodedPart> {
    try {
      for await (const part of parts) {
        made += part.bytes.length;
        if (made > expansion.base + received * expansion.factor)
          throw new BodyRefused(expandsTooFar(inspection));
        if (!memory.take(decoder.memory())) throw new BodyRefused(noRoom(inspection));
        yield part;
      }
    } catch (error) {
      if (error instanceof BodyRefused) throw error;
      if (error instanceof DecodingWorkError)
        throw new BodyRefused(
          refusalOf(inspection, 'scan-over-budget', 'it takes too much work to be undone'),
        );
      const message =
        error instanceof ZstdError && error.kind === 'unsupported'
          ? 'the Zstandard in the body needs a dictionary or a window over 8 MiB'
          : `the body is no whole ${coding} stream`;
      throw new BodyRefused(refusalOf(inspection, 'encoding-not-scannable', message));
    }
  }
  try {
    for await (const chunk of source) {
      received += chunk.length;
      yield* bounded(decoder.push(chunk));
    }
    yield* bounded(decoder.end());
  } finally {
    memory.release();
    decoder.destroy();
  }
}

const noRoom = (inspection: Inspection) =>
  refusalOf(
    inspection,
    'too-many-connections',
    'too many large bodies are being decoded: send it again later',
  );

const expandsTooFar = (inspection: Inspection) =>
  refusalOf(inspection, 'scan-over-budget', 'it expands too far to be scanned');
