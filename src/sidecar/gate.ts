import type { Socket } from 'node:net';
import type { DecisionEvent } from '../contract/event.js';
import type { Refusal } from '../contract/refusal.js';
import type { SidecarConfiguration } from '../contract/sidecar.js';
import type { Way } from '../policy/decide.js';
import type { CompiledRoute, RouteTable } from '../policy/routes.js';
import type { CertificateAuthority } from './certificates.js';
import { createInjection, type Injection, noInjection } from './forward-headers.js';
import type { LazyForwarding } from './forwarding.js';
import type { Holds } from './holds.js';
import type { LazyInspection } from './inspection/inspection.js';
import { logPath, logText } from './log-text.js';
import type { MessageWriter } from './messages.js';
import type { Upstreams } from './upstreams.js';

/** What every part of the proxy works with; made once, at the start. */
export interface Gate {
  readonly table: RouteTable;
  readonly injectionOf: (route: CompiledRoute) => Injection;
  readonly upstreams: Upstreams;
  readonly authority: CertificateAuthority;
  readonly holds: Holds;
  readonly inspection: LazyInspection;
  readonly forwarding: LazyForwarding;
  readonly record: (entry: Entry) => void;
  readonly nextRequest: () => number;
  /** Requests that are not answered yet; bytes of their bodies held whole, of answers' text that is not let go yet, and of what decoders keep. */
  readonly held: { requests: number; bytes: number; text: number; decoders: number };
  /** Takes one off the requests that are not answered yet. */
  readonly settled: () => void;
  /** Resolves once there is none. */
  readonly idle: () => Promise<void>;
}

/** One client connection, as far as the proxy has read into it. */
export interface ClientConnection {
  readonly way: 'plain' | 'tls' | 'transparent';
  /** What CONNECT, or a transparent handshake, asked for; null outside TLS, where each request says. */
  readonly host: string | null;
  /** Why no request on it can be answered. */
  readonly problem: Refusal | null;
  /** Requests being answered: one at a time. */
  inFlight: number;
  /** Those sent ahead, in turn. */
  readonly waiting: (() => void)[];
  /** Its last answer is written. */
  ended: boolean;
}

/** An event without what the gate knows itself. */
interface Entry extends Omit<DecisionEvent, 'kind' | 'way' | 'path' | 'method' | 'finding'> {
  readonly way: Way;
  readonly method: string;
  /** With its query still; it is cut off here, and what a scan finds in the rest is struck out. */
  readonly target: string;
  readonly finding?: DecisionEvent['finding'];
}

export const connections = new WeakMap<object, ClientConnection>();

export function createGate(
  configuration: SidecarConfiguration,
  table: RouteTable,
  parts: Pick<Gate, 'authority' | 'upstreams' | 'holds' | 'inspection' | 'forwarding'> & {
    messages: MessageWriter;
  },
): Gate {
  const compiled = [...table.exact.values(), ...table.wildcard.values()];
  const injections = new Map(
    compiled.map((found) => [found, createInjection(found.route, configuration.secrets)]),
  );
  let requests = 0;
  const held = { requests: 0, bytes: 0, text: 0, decoders: 0 };
  let onIdle = () => {};
  return {
    table,
    injectionOf: (route) => {
      const injection = injections.get(route) ?? (route.named ? undefined : noInjection);
      if (!injection) throw new Error('a route without its injection');
      return injection;
    },
    upstreams: parts.upstreams,
    authority: parts.authority,
    held,
    settled: () => {
      held.requests -= 1;
      if (held.requests === 0) onIdle();
    },
    idle: async () => {
      if (held.requests === 0) return;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
      });
    },
    holds: parts.holds,
    inspection: parts.inspection,
    forwarding: parts.forwarding,
    nextRequest: () => {
      requests += 1;
      return requests;
    },
    record: (entry) => {
      // Each backend proves the walls by this request before there is an agent, whose own are therefore never the first.
      if (entry.request === 1 && entry.code === 'request-to-proxy') return;
      // What comes before the detectors are prepared is told a moment later, and never unlooked at.
      parts.inspection.whenLoaded(() => tell(entry));
    },
  };

  function tell(entry: Entry): void {
    const { shown } = parts.inspection;
    const event: DecisionEvent = {
      kind: 'decision',
      time: entry.time,
      request: entry.request,
      way: entry.way,
      method: logText(entry.method, 20),
      // A name that the operator wrote is no secret; any other may hold one.
      host: table.exact.has(entry.host) ? entry.host : shown(entry.host),
      path: shown(logPath(entry.target)),
      route: entry.route,
      verdict: entry.verdict,
      code: entry.code,
      finding: entry.finding ?? null,
      status: entry.status,
      bytesSent: entry.bytesSent,
      bytesReceived: entry.bytesReceived,
      duration: entry.duration,
    };
    parts.messages.send({ type: 'event', event });
  }
}

/** A connection on which nothing was asked yet. */
export function newConnection(
  way: ClientConnection['way'],
  host: string | null,
  problem: Refusal | null,
): ClientConnection {
  return { way, host, problem, inFlight: 0, waiting: [], ended: false };
}

export function remember(socket: object, connection: ClientConnection): ClientConnection {
  connections.set(socket, connection);
  return connection;
}

/** The connection a socket was remembered with; a socket without one can't be answered. */
export function connectionOf(socket: Socket): ClientConnection {
  return connections.get(socket) ?? newConnection('plain', null, null);
}
