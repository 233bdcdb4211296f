import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestAuthority } from './test-authority.js';

/** An upstream that remembers who came. */
export interface Canary extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  /** TCP connections so far. */
  readonly connections: () => number;
  /** Requests so far: `METHOD target`, and the headers as they came. */
  readonly requests: CanaryRequest[];
}

export interface CanaryRequest {
  readonly line: string;
  readonly headers: readonly string[];
}

const answerOk: RequestListener = (request, response) => {
  request.resume();
  request.once('end', () => response.end(`reached ${request.method} ${request.url}\n`));
};

/** @param tls the names of its certificate and who issues it; none: plain HTTP */
export async function startCanary(
  tls: {
    readonly authority: TestAuthority;
    readonly names: readonly string[];
    readonly expired?: boolean;
  } | null,
  listener: RequestListener = answerOk,
  address = '127.0.0.1',
): Promise<Canary> {
  const requests: CanaryRequest[] = [];
  let connections = 0;
  const handler: RequestListener = (request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.rawHeaders });
    response.on('error', () => {});
    request.on('error', () => {});
    listener(request, response);
  };
  const server: Server = tls
    ? createHttpsServer(await tls.authority.issue(tls.names, { expired: tls.expired === true }), handler)
    : createHttpServer(handler);
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('error', () => {});
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    connections: () => connections,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The values of one header of a remembered request. */
export function headerValues(request: CanaryRequest | undefined, name: string): string[] {
  const headers = request?.headers ?? [];
  return headers.filter(
    (_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name.toLowerCase(),
  );
}
