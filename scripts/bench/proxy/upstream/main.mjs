// The upstream of every case: a lean node:https server in a process of its own. Tells its parent where it listens and,
// when asked, what it has served: a proxy that answered for it would be no proxy. Nothing it sends may be kept (RFC 9111 §5.2.2.5).
import { createServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { makeAuthority, makeLeaf } from '../../shared/certificates.mjs';

const chunk = Buffer.alloc(64 * 1024, 'export const answer = { status: "ok", items: [1, 2, 3] };\n');
const small = Buffer.from(
  JSON.stringify({ status: 'ok', items: Array.from({ length: 12 }, (_, id) => ({ id })) }),
);
const event = Buffer.from(`data: ${JSON.stringify({ type: 'delta', text: 'and then the next word' })}\n\n`);
const pauseAfterFirstEvent = 50;
const unkept = { 'cache-control': 'no-store' };
/** `sockets` counts the connections that came, `connections` those that came as far as TLS. */
const served = { requests: 0, connections: 0, sockets: 0 };

function answer(response, body, type = 'application/json') {
  response.writeHead(200, { 'content-type': type, 'content-length': body.length, ...unkept });
  response.end(body);
}

function sendBytes(response, total) {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': total, ...unkept });
  let left = total;
  const more = () => {
    while (left > 0) {
      const part = left >= chunk.length ? chunk : chunk.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}

/** One event at once; after a pause, events as fast as they are taken: a proxy may not notice that its client left. */
function sendEvents(response, milliseconds) {
  const deadline = performance.now() + milliseconds;
  response.writeHead(200, { 'content-type': 'text/event-stream', ...unkept });
  response.write(event);
  const more = () => {
    if (response.destroyed) return;
    if (performance.now() > deadline) return response.end();
    for (let count = 0; count < 64; count += 1) if (!response.write(event)) return;
    setImmediate(more);
  };
  response.on('drain', more);
  setTimeout(more, pauseAfterFirstEvent);
}

function serve(request, response) {
  served.requests += 1;
  const { pathname, searchParams } = new URL(request.url, 'https://upstream');
  response.on('error', () => {});
  if (pathname === '/small') return answer(response, small);
  if (pathname === '/bytes') return sendBytes(response, Number(searchParams.get('count')));
  if (pathname === '/events') return sendEvents(response, Number(searchParams.get('milliseconds')));
  let received = 0;
  request.on('data', (part) => {
    received += part.length;
  });
  request.on('end', () => answer(response, Buffer.from(JSON.stringify({ received }))));
}

const authority = await makeAuthority('bench upstream');
const leaf = await makeLeaf(authority, ['*.bench.test']);
const server = createServer({ ...leaf, requestTimeout: 0, keepAliveTimeout: 900_000, noDelay: true }, serve);
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.on('message', (data, binary) => client.send(data, { binary }));
    client.on('error', () => {});
  });
});
server.on('connection', () => {
  served.sockets += 1;
});
server.on('secureConnection', () => {
  served.connections += 1;
});
server.on('tlsClientError', () => {});
server.on('clientError', (_, socket) => socket.destroy());
server.listen(0, '127.0.0.1', 4096, () => {
  process.send({ result: { port: server.address().port, certificate: authority.certificate } });
});
process.on('message', () => process.send({ result: served }));
process.on('disconnect', () => process.exit(0));
