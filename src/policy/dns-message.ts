/** Just enough of DNS messages (RFC 1035, 4) to answer one question of which the answer is known. Strict; never recursing. */

/** Bytes; what is larger is no question. */
export const largestQuery = 512;
const headerSize = 12;
const longestName = 255;
const longestLabel = 63;

export const recordTypes = { A: 1 } as const;
const internet = 1;

export const responseCodes = {
  noError: 0,
  formatError: 1,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
} as const;
type ResponseCode = (typeof responseCodes)[keyof typeof responseCodes];

export interface Query {
  readonly id: number;
  readonly recursionDesired: boolean;
  /** As it came, without the root's dot; not canonical. */
  readonly name: string;
  readonly type: number;
  /** The question section's own bytes, which an answer repeats: some resolvers compare their letters' case. */
  readonly question: Buffer;
}

/** What to do with a message: answer it, say what is wrong with it, or say nothing. */
export type ParsedQuery =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'wrong'; readonly id: number; readonly code: ResponseCode }
  | { readonly kind: 'silence' };

export function parseQuery(message: Buffer): ParsedQuery {
  if (message.length < headerSize || message.length > largestQuery) return { kind: 'silence' };
  const id = message.readUInt16BE(0);
  const flags = message.readUInt16BE(2);
  // An answer to an answer could go on for ever.
  if ((flags & 0x8000) !== 0) return { kind: 'silence' };
  const wrong = (code: ResponseCode): ParsedQuery => ({ kind: 'wrong', id, code });
  if (((flags >> 11) & 0xf) !== 0) return wrong(responseCodes.notImplemented);
  const [questions, answers, authorities] = [4, 6, 8].map((offset) => message.readUInt16BE(offset));
  if (questions !== 1 || answers !== 0 || authorities !== 0) return wrong(responseCodes.formatError);
  const name = parseName(message, headerSize);
  if (name === null || name.end + 4 > message.length) return wrong(responseCodes.formatError);
  if (message.readUInt16BE(name.end + 2) !== internet) return wrong(responseCodes.refused);
  const query: Query = {
    id,
    recursionDesired: (flags & 0x0100) !== 0,
    name: name.text,
    type: message.readUInt16BE(name.end),
    question: message.subarray(headerSize, name.end + 4),
  };
  return { kind: 'query', query };
}

/** Labels up to the root's. A question has nothing before it that a compressed name could point to. */
function parseName(message: Buffer, start: number): { text: string; end: number } | null {
  const labels: string[] = [];
  let offset = start;
  for (;;) {
    const length = message[offset];
    if (length === undefined || length > longestLabel) return null;
    offset += 1;
    if (length === 0) return { text: labels.join('.'), end: offset };
    if (offset + length > message.length || offset + length - start >= longestName) return null;
    const label = message.toString('latin1', offset, offset + length);
    // A dot inside a label would be read as the end of it by everything after us.
    if (label.includes('.')) return null;
    labels.push(label);
    offset += length;
  }
}

/** @param address dotted IPv4, or null for an answer without records */
export function encodeAnswer(
  query: Query,
  code: ResponseCode,
  address: string | null,
  seconds: number,
): Buffer {
  const header = encodeHeader(query.id, code, query.recursionDesired, 1, address === null ? 0 : 1);
  if (address === null) return Buffer.concat([header, query.question]);
  const record = Buffer.alloc(16);
  // The name is that of the question, right after the header.
  record.writeUInt16BE(0xc000 | headerSize, 0);
  record.writeUInt16BE(recordTypes.A, 2);
  record.writeUInt16BE(internet, 4);
  record.writeUInt32BE(seconds, 6);
  record.writeUInt16BE(4, 10);
  address.split('.').forEach((part, index) => {
    record.writeUInt8(Number(part), 12 + index);
  });
  return Buffer.concat([header, query.question, record]);
}

export function encodeProblem(id: number, code: ResponseCode): Buffer {
  return encodeHeader(id, code, false, 0, 0);
}

/** QR and AA are set, RA never. */
function encodeHeader(
  id: number,
  code: ResponseCode,
  desired: boolean,
  questions: number,
  answers: number,
): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x8400 | (desired ? 0x0100 : 0) | code, 2);
  header.writeUInt16BE(questions, 4);
  header.writeUInt16BE(answers, 6);
  return header;
}
