import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { RequestToExplain } from '../policy/outbound/explain-request.js';
import { parserOptions, unknownExpectation, unparsedRefusal } from '../policy/unparsed.js';

type Parsed = RequestToExplain['parsed'];

/** Has Node's parser, set as the sidecar's is, read a request's head that nobody sends. */
export function parseRequest(head: Buffer): Promise<Parsed> {
  const server = createServer(parserOptions);
  server.maxHeadersCount = 0;
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const parsed = new Promise<Parsed>((resolve) => {
    const take = (upgrade: boolean) => (request: IncomingMessage) => resolve({ request, upgrade });
    server.on('request', take(false)).on('checkContinue', take(false)).on('upgrade', take(true));
    server.on('connect', ({ url = '' }) => resolve({ connect: url }));
    server.on('checkExpectation', () => resolve({ refusal: unknownExpectation }));
    server.on('clientError', ({ code }: NodeJS.ErrnoException) =>
      resolve({ refusal: unparsedRefusal(String(code ?? '')) }),
    );
  });
  server.emit('connection', socket);
  socket.push(head);
  // A head that never ends is an error then, and no wait.
  socket.push(null);
  return parsed.finally(() => socket.destroy());
}
