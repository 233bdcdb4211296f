import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Refusal } from '../contract/refusal.js';
import { refusalStatus } from '../contract/refusal.js';
import type { SidecarConfiguration } from '../contract/sidecar.js';
import { certificateName } from '../policy/certificate-name.js';
import { decide } from '../policy/decide.js';
import { canonicalHost } from '../policy/host.js';
import { finalRefusal } from '../policy/refusals.js';
import { type Gate, newConnection, remember } from './gate.js';

/** Milliseconds from the connection to the end of its TLS handshake. */
const handshakeTimeout = 30_000;

/**
 * For programs that ignore the proxy's variables: the resolver sends them here, to what they take for the server. TLS
 * is decided on by its SNI before a certificate is made, plain HTTP by each request's Host; both go the way of every other request.
 */
export async function listenTransparent(
  gate: Gate,
  inner: HttpServer,
  { host, https, http }: NonNullable<SidecarConfiguration['transparent']>,
): Promise<readonly Server[]> {
  const tls = createServer({ noDelay: true }, (socket) => acceptTls(gate, inner, socket));
  const plain = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    remember(socket, newConnection('transparent', null, null));
    inner.emit('connection', socket);
  });
  await Promise.all([listen(tls, https, host), listen(plain, http, host)]);
  return [tls, plain];
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function acceptTls(gate: Gate, inner: HttpServer, socket: Socket): void {
  const started = Date.now();
  let named: string | null = null;
  let decided = false;
  socket.on('error', () => socket.destroy());
  socket.setTimeout(handshakeTimeout, () => socket.destroy());
  // Without a context of its own a handshake that names no server fails: there is no certificate to show.
  const secure = new TLSSocket(socket, {
    isServer: true,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, done) => {
      decided = true;
      contextFor(gate, name, started).then(
        ({ host, context }) => {
          named = host;
          done(null, context);
        },
        (error: Error) => done(error),
      );
    },
  });
  secure.on('error', (error: NodeJS.ErrnoException) => {
    if (!decided && socket.bytesRead > 0) {
      decided = true;
      refused(gate, '', null, unnamedRefusal(error), started);
    }
    socket.destroy();
  });
  secure.once('secure', () => {
    if (named === null) {
      socket.destroy();
      return;
    }
    socket.setTimeout(0);
    remember(secure, newConnection('transparent', named, null));
    inner.emit('connection', secure);
  });
}

/** OpenSSL has no certificate to choose a cipher for where no server was named. */
function unnamedRefusal({ code }: NodeJS.ErrnoException): Refusal {
  return code === 'ERR_SSL_NO_SHARED_CIPHER' || code === 'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM'
    ? finalRefusal('sni-mismatch', 'the TLS handshake names no server (SNI)')
    : finalRefusal('tls-expected', 'what came is no TLS handshake');
}

/** @throws Error, which ends the handshake with an alert, for a name that no route allows. */
async function contextFor(
  gate: Gate,
  name: string,
  started: number,
): Promise<{ host: string; context: SecureContext }> {
  const canonical = canonicalHost(name);
  if (!canonical.ok) {
    const code = canonical.reason === 'ip-literal' ? 'ip-literal' : 'malformed-authority';
    throw refused(
      gate,
      '',
      null,
      finalRefusal(code, `SNI is not a host name (${canonical.reason})`),
      started,
    );
  }
  const { host } = canonical;
  const question = {
    way: 'connect',
    scheme: 'https',
    host,
    port: 443,
    method: '',
    target: '',
    headers: [],
  } as const;
  const verdict = decide(gate.table, question);
  const route = verdict.route?.route.host ?? null;
  if (!verdict.allowed) throw refused(gate, host, route, verdict.refusal, started);
  return { host, context: await gate.authority.contextFor(certificateName(route, host)) };
}

function refused(gate: Gate, host: string, route: string | null, refusal: Refusal, started: number): Error {
  gate.record({
    time: started,
    request: gate.nextRequest(),
    way: 'transparent',
    method: '',
    host,
    target: '',
    route,
    verdict: 'refused',
    code: refusal.code,
    status: refusalStatus[refusal.code],
    bytesSent: 0,
    bytesReceived: 0,
    duration: Date.now() - started,
  });
  return new Error(refusal.code);
}
