import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { zstdRawFrame } from '../../src/policy/message/zstd/raw-frame.js';
import { encodings } from './encodings.js';

/** Content codings by the name that the query gives them. */
const coders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  'deflate-raw': (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdRawFrame(bytes),
  sdch: (bytes) => bytes,
  'gzip, br': (bytes) => brotliCompressSync(gzipSync(bytes)),
};

/** What this upstream was sent as credential, in the form that the query asks for. */
function reflected(request: IncomingMessage, query: URLSearchParams): Buffer {
  const value = request.headers.authorization ?? '';
  const [, secret = value] = value.split(' ');
  return Buffer.from(encodings[query.get('encoding') ?? 'plain']?.(secret) ?? '');
}

/**
 * An upstream that hands back the credential it got: `?surface=body|header|reason|trailer|hint|events|deltas|error`,
 * `encoding=` as in the table of encodings, `coding=` of the body, `cut=` the byte at which the body is sent in two.
 */
export const reflect: RequestListener = (request, response) => {
  const query = new URL(request.url ?? '', 'http://upstream').searchParams;
  const form = reflected(request, query);
  const surface = query.get('surface') ?? 'body';
  const type = query.get('type') ?? 'application/json';
  if (surface === 'header') response.setHeader('x-echo', form.toString('latin1').replace(/[\r\n]/g, ' '));
  if (surface === 'reason') {
    response.writeHead(200, form.toString('latin1'));
    return response.end('{}');
  }
  if (surface === 'hint') response.writeEarlyHints({ link: `</${form.toString('latin1')}>; rel=preload` });
  if (surface === 'trailer') {
    response.writeHead(200, { trailer: 'x-echo' });
    response.write('{}');
    response.addTrailers({ 'x-echo': form.toString('latin1') });
    return response.end();
  }
  if (surface === 'events') return sendEvents(response, form);
  if (surface === 'deltas') return sendDeltas(response, form, type);
  const body = Buffer.concat([Buffer.from('{"authorization":"'), form, Buffer.from('"}')]);
  const coding = query.get('coding');
  const coded = coding === null ? body : (coders[coding]?.(body) ?? body);
  response.writeHead(surface === 'error' ? 500 : 200, {
    'content-type': type,
    ...(coding === null ? {} : { 'content-encoding': coding.replace('-raw', ''), 'content-md5': 'x' }),
    ...(query.has('chunked') ? {} : { 'content-length': coded.length }),
  });
  send(response, coded, Number(query.get('cut') ?? 0));
};

function send(response: ServerResponse, body: Buffer, cut: number): void {
  if (cut <= 0 || cut >= body.length) {
    response.end(body);
    return;
  }
  // Written apart, and so read apart.
  response.write(body.subarray(0, cut), () => setImmediate(() => response.end(body.subarray(cut))));
}

function sendEvents(response: ServerResponse, form: Buffer): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: first\n\n');
  const half = form.length >> 1;
  response.write(Buffer.concat([Buffer.from('data: '), form.subarray(0, half)]), () =>
    setImmediate(() => response.end(Buffer.concat([form.subarray(half), Buffer.from('\n\n')]))),
  );
}

/** As a model's words come: three letters a time, each event or line written by itself. */
async function sendDeltas(response: ServerResponse, form: Buffer, type: string): Promise<void> {
  response.writeHead(200, { 'content-type': type });
  for (const content of `it is ${form} .`.match(/.{1,3}/gs) ?? []) {
    const data = JSON.stringify({ type: 'delta', choices: [{ index: 0, delta: { content } }] });
    const unit = type === 'text/event-stream' ? `data: ${data}\n\n` : `${data}\n`;
    await new Promise((resolve) => response.write(unit, resolve));
  }
  response.end();
}
