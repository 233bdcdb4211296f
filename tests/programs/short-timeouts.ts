// Loaded before the sidecar (--import): whatever time-outs it sets on its servers and sockets, and those that Node sets
// by itself, are a hundredth as long. Beside it a server with nothing but Node's own settings shows that they are.
import http, { type RequestListener, type ServerOptions } from 'node:http';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds; below it a busy machine would be taken for an idle client. */
const shortest = 1000;
const shortened = (milliseconds: number) =>
  milliseconds > 0 ? Math.max(shortest, milliseconds / 100) : milliseconds;

const { setTimeout } = Socket.prototype;
Socket.prototype.setTimeout = function (milliseconds, call) {
  return setTimeout.call(this, shortened(milliseconds), call) as Socket;
};

const { createServer } = http;
function createShortServer(options: ServerOptions = {}, listener?: RequestListener) {
  const { requestTimeout = 300_000, headersTimeout = 60_000, keepAliveTimeout = 5000 } = options;
  return createServer(
    {
      ...options,
      requestTimeout: shortened(requestTimeout),
      headersTimeout: shortened(headersTimeout),
      keepAliveTimeout: shortened(keepAliveTimeout),
      connectionsCheckingInterval: 50,
    },
    listener,
  );
}
http.createServer = createShortServer as typeof createServer;

createShortServer({}, (request) => request.resume())
  .listen(join(dirname(fileURLToPath(import.meta.url)), 'control.sock'))
  .unref();
