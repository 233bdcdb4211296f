import { type BodySource, encodingOf } from '../../policy/message/body.js';
import { codingNames } from '../../policy/message/encodings.js';
import type { Exchange } from '../exchange.js';
import { createReadAhead, type ReadAhead } from '../read-ahead.js';
import { roomAhead } from '../read-request-body.js';
import { gatherBody } from './gather-body.js';

/** Has a body held whole where that can be; answers the pieces of one that is too long for it. */
export async function readBody(exchange: Exchange): Promise<ReadAhead | null> {
  const { outgoing, gate } = exchange;
  const { content } = outgoing;
  if (content === null || Buffer.isBuffer(content)) return null;
  const gathered = await gatherBody(exchange, content);
  if ('whole' in gathered) {
    outgoing.content = gathered.whole;
    return null;
  }
  const reading = createReadAhead(gathered.pieces, gate.held, roomAhead);
  const { body } = exchange;
  const release = () => {
    reading.release();
    body.release();
  };
  // A client may leave before any of it is read.
  exchange.body = { ...body, release };
  return reading;
}

/** Null where it is encoded, or there is none. */
export const plainBody = (source: BodySource | null): Buffer | null =>
  source && codingNames(source.contentEncoding).length === 0 ? source.bytes : null;

/** A body that is held whole; null: there is none. */
export function bodySource({ outgoing: { content, headers } }: Exchange): BodySource | null {
  if (!Buffer.isBuffer(content) || content.length === 0) return null;
  return { bytes: content, ...encodingOf(headers) };
}
