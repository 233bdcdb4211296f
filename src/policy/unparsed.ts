import type { Refusal } from '../contract/refusal.js';
import { finalRefusal } from './refusals.js';

/** How Node's parser is to read requests wherever one is read. */
export const parserOptions = {
  /** Bytes of a request's line and headers; more is answered 431. */
  maxHeaderSize: 64 * 1024,
  /** Ours to check, with an answer in JSON. */
  requireHostHeader: false,
  insecureHTTPParser: false,
} as const;

/** What Node's parser refuses. @param code of its error */
export function unparsedRefusal(code: string): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return finalRefusal('headers-too-large', 'the headers are larger than 64 kB');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return finalRefusal('malformed-request', 'the headers did not arrive within 30 s');
  }
  if (/CONTENT_LENGTH|TRANSFER_ENCODING|CHUNK/.test(code)) {
    return finalRefusal('ambiguous-framing', 'the end of the body is not clear');
  }
  return finalRefusal('malformed-request', 'not a valid HTTP/1.1 request');
}

/** RFC 9110, 10.1.1: nothing else is defined. */
export const unknownExpectation = finalRefusal('malformed-request', 'an Expect other than 100-continue');

export const nestedConnect = finalRefusal('method-not-allowed', 'CONNECT inside a tunnel');
