import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DecisionEvent } from '../contract/event.js';
import type { Refusal } from '../contract/refusal.js';
import { refusalStatus } from '../contract/refusal.js';
import { connectQuestion } from '../policy/admission.js';
import { parseAuthority } from '../policy/authority.js';
import { certificateName } from '../policy/certificate-name.js';
import { decide } from '../policy/decide.js';
import { canonicalHost } from '../policy/host.js';
import { finalRefusal } from '../policy/refusals.js';
import { inspectHead } from '../policy/request-head.js';
import { writeRefusal } from './answer.js';
import { connectionOf, type Gate, newConnection, remember } from './gate.js';
import { joinWrites } from './joined-writes.js';
import { recordUnparsed } from './record-exchange.js';

/** Milliseconds from the proxy's 200 to the end of the TLS handshake. */
const handshakeTimeout = 30_000;
/** The first byte of a TLS record that carries a handshake (RFC 8446, 5.1). */
const handshakeRecord = 0x16;

/** Bytes on their way to a client before its sender is slowed down: Node's 16 kB is one TLS record, and stops after each. */
const highWaterMark = 64 * 1024;
// Node passes it on to its stream; its types don't say so.
const inPlace = { isServer: true, ALPNProtocols: ['http/1.1'], highWaterMark };

interface Opening {
  readonly host: string;
  readonly route: string | null;
  readonly refusal: Refusal | null;
  readonly verdict: DecisionEvent['verdict'];
}

/** CONNECT: host and port are decided on before anything else is read, then the client's TLS ends here. */
export function handleConnect(
  gate: Gate,
  inner: Server,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy());
  // What came behind a request that was given the last answer.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  if (connectionOf(socket).inFlight > 0) {
    // Answers still to be written would end up inside the tunnel.
    const refusal = finalRefusal('malformed-request', 'CONNECT behind a request that is not answered yet');
    recordUnparsed(gate, socket, refusal, '', 'CONNECT');
    socket.destroy();
    return;
  }
  const started = Date.now();
  const { host, route, refusal, verdict } = admitConnect(gate, request);
  gate.record({
    time: started,
    request: gate.nextRequest(),
    way: 'connect',
    method: 'CONNECT',
    host,
    target: '',
    route,
    verdict,
    code: refusal?.code ?? null,
    status: refusal ? refusalStatus[refusal.code] : 200,
    bytesSent: 0,
    bytesReceived: 0,
    duration: Date.now() - started,
  });
  if (refusal) {
    writeRefusal(socket, refusal);
    return;
  }
  socket.setTimeout(handshakeTimeout, () => socket.destroy());
  // Node lets a server's sockets stay half open; a tunnel that its client has ended is of no use.
  const onEarlyEnd = () => socket.destroy();
  socket.once('end', onEarlyEnd);
  const begin = (first: Buffer) => {
    socket.off('end', onEarlyEnd);
    startTls(gate, inner, socket, first, { host, route });
  };
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) begin(head);
  else socket.once('data', begin);
}

function admitConnect(gate: Gate, request: IncomingMessage): Opening {
  const head = inspectHead(request.rawHeaders, request.httpVersion);
  const { problem } = head;
  if (problem) return refusedOpening(finalRefusal(problem.code, problem.message));
  if (head.chunked || (head.contentLength ?? 0) > 0) {
    return refusedOpening(finalRefusal('ambiguous-framing', 'CONNECT with a body'));
  }
  const authority = parseAuthority(request.url ?? '', null);
  if (!authority.ok) return refusedOpening(finalRefusal(authority.code, authority.message));
  const { host, port } = authority;
  const decided = decide(gate.table, connectQuestion(host, port));
  const route = decided.route?.named ? decided.route.route.host : null;
  if (!decided.allowed) return { ...refusedOpening(decided.refusal), host, route };
  return { host, route, refusal: null, verdict: decided.route.named ? 'allowed' : 'held' };
}

function refusedOpening(refusal: Refusal): Opening {
  return { host: '', route: null, refusal, verdict: 'refused' };
}

/** @param first the first bytes from the client, still to be read by TLS */
function startTls(
  gate: Gate,
  inner: Server,
  socket: Socket,
  first: Buffer,
  { host, route }: Pick<Opening, 'host' | 'route'>,
): void {
  if (first[0] !== handshakeRecord) {
    writeRefusal(socket, finalRefusal('tls-expected', 'what follows CONNECT must be TLS'));
    return;
  }
  socket.pause();
  socket.unshift(first);
  gate.authority.contextFor(certificateName(route, host)).then(
    (secureContext) => {
      if (socket.destroyed) return;
      const secure = joinWrites(new TLSSocket(socket, { ...inPlace, secureContext }));
      const onEarlyEnd = () => socket.destroy();
      secure.on('error', () => socket.destroy()).once('end', onEarlyEnd);
      secure.once('secure', () => {
        socket.setTimeout(0);
        secure.off('end', onEarlyEnd);
        remember(secure, newConnection('tls', host, sniProblem(secure, host)));
        inner.emit('connection', secure);
      });
    },
    () => socket.destroy(),
  );
}

/** The name in the handshake must be the one that CONNECT was allowed for (RFC 6066, 3). */
function sniProblem(secure: TLSSocket, host: string): Refusal | null {
  const { servername } = secure as TLSSocket & { servername?: string | false | null };
  if (!servername) return finalRefusal('sni-mismatch', 'the TLS handshake names no server (SNI)');
  if (servername === host) return null;
  const name = canonicalHost(servername);
  if (name.ok && name.host === host) return null;
  return finalRefusal('sni-mismatch', `the TLS handshake names another server than ${host}`);
}
