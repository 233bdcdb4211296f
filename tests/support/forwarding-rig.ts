import type { RequestListener } from 'node:http';
import { type Canary, startCanary } from './canary.js';
import { secretValue } from './proxy-rig.js';
import { askInside, type RawAnswer } from './raw-client.js';
import { routeTo } from './routes.js';
import { type SidecarProcess, startSidecar } from './sidecar-process.js';
import { createTestAuthority } from './test-authority.js';

/** A sidecar with one route of each kind, and upstreams that answer in every way that HTTP has. */
export interface ForwardingRig extends AsyncDisposable {
  readonly upstream: Canary;
  readonly plain: Canary;
  readonly denied: Canary;
  readonly sidecar: SidecarProcess;
  get(path: string, host?: string, headers?: string): Promise<RawAnswer>;
}

/** Answers that wait until a test lets them end. */
export const held: (() => void)[] = [];
/** Called when the connection of the request to /hang ends. */
export const hangs: (() => void)[] = [];

const listener: RequestListener = (request, response) => {
  const handler = handlers[request.url?.split('?')[0] ?? ''];
  if (handler) return handler(request, response);
  request.resume();
  request.once('end', () => response.end('ok'));
};

const handlers: Record<string, RequestListener> = {
  '/echo': (request, response) => request.pipe(response),
  '/redirect': (_request, response) => response.writeHead(302, { location: 'https://denied.test/' }).end(),
  '/forged': (_request, response) =>
    response
      .writeHead(200, {
        'X-Bot-Bottle-Verdict': 'refused; code=forged',
        Connection: 'X-Hop',
        'X-Hop': '1',
        Kept: '1',
      })
      .end('x'),
  '/trailers': (_request, response) => {
    response.writeHead(200, { trailer: 'x-sum' });
    response.write('body');
    response.addTrailers({ 'x-sum': 'abc', 'x-bot-bottle-verdict': 'forged' });
    response.end();
  },
  '/dies': (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': '100' });
    response.write('half');
    setImmediate(() => response.destroy());
  },
  '/dies-chunked': (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    response.write('half');
    setImmediate(() => response.destroy());
  },
  '/no-content': (_request, response) => response.writeHead(204).end(),
  '/not-modified': (_request, response) => response.writeHead(304, { etag: '"x"' }).end(),
  '/early': (_request, response) => response.writeHead(413).end('too much'),
  '/hints': (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('hinted');
  },
  '/events': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\n\n');
    held.push(() => response.end('data: last\n\n'));
  },
  '/headers-first': (_request, response) => {
    response.writeHead(200, { 'content-length': '4' });
    response.flushHeaders();
    held.push(() => response.end('late'));
  },
  '/hang': (request, response) => {
    request.resume();
    response.once('close', () => {
      for (const wake of hangs.splice(0)) wake();
    });
  },
};

export async function startForwardingRig(): Promise<ForwardingRig> {
  const authority = await createTestAuthority();
  const names = ['allowed.test', 'auth.test', 'basic.test', 'picky.test', '*.wild.test'];
  const upstream = await startCanary({ authority, names }, listener);
  const denied = await startCanary({ authority, names: ['denied.test'] });
  const plain = await startCanary(null, listener);
  const own = { certificateAuthority: authority.certificate };
  const sidecar = await startSidecar({
    routes: [
      routeTo('allowed.test', upstream.port, own),
      routeTo('auth.test', upstream.port, {
        ...own,
        auth: { scheme: 'Bearer', secret: 'TOKEN' },
        headers: [
          { name: 'X-Team', value: 'blue' },
          { name: 'X-Second', secret: 'TOKEN' },
        ],
      }),
      routeTo('basic.test', upstream.port, { ...own, auth: { scheme: 'Basic', secret: 'BASIC' } }),
      routeTo('picky.test', upstream.port, {
        ...own,
        matches: [
          {
            paths: [{ type: 'prefix', value: '/v1' }],
            methods: ['GET'],
            headers: [{ name: 'X-Key', value: 'a', type: 'exact' }],
          },
        ],
      }),
      routeTo('*.wild.test', upstream.port, own),
      routeTo('plain.test', plain.port, { scheme: 'http' }),
    ],
    secrets: { TOKEN: secretValue, BASIC: 'user:pass' },
  });
  return {
    upstream,
    plain,
    denied,
    sidecar,
    get: (path, host = 'allowed.test', headers = '') =>
      askInside({ ...sidecar, host }, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`),
    async [Symbol.asyncDispose]() {
      await sidecar[Symbol.asyncDispose]();
      for (const canary of [upstream, plain, denied]) await canary[Symbol.asyncDispose]();
    },
  };
}
