import { Readable } from 'node:stream';
import type { Refusal } from '../../contract/refusal.js';
import { wholeBody } from '../request-body.js';
import { type Inspection, refusalOf } from './inspect-request.js';
import { createLongScan } from './long-scan.js';

/**
 * A body that is too long to be held whole, scanned through a window that overlaps: nothing of a finding goes on. With
 * a finding the request is cut off, waits with the rest unsent, or goes on with the value covered.
 */
export function inspectedStream(
  source: AsyncIterable<Buffer>,
  contentEncoding: string | null,
  inspection: Inspection,
): { readonly content: Readable } | { readonly refusal: Refusal } {
  if (contentEncoding !== null && !/^[\s,]*(?:identity[\s,]*)*$/i.test(contentEncoding)) {
    const message = 'an encoded body this long is not looked into';
    return { refusal: refusalOf(inspection, 'encoding-not-scannable', message) };
  }
  const content = Readable.from(scanned(source, inspection), {
    objectMode: false,
    highWaterMark: wholeBody,
  });
  // Whoever waits for it learns of its end there.
  content.on('error', () => {});
  return { content };
}

async function* scanned(source: AsyncIterable<Buffer>, inspection: Inspection): AsyncGenerator<Buffer> {
  const scan = createLongScan(inspection, 'body');
  for await (const chunk of source) {
    const fit = await scan.push(chunk);
    if (fit.length > 0) yield fit;
  }
  const rest = await scan.end();
  if (rest.length > 0) yield rest;
}
