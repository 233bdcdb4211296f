import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Route } from '../contract/route.js';
import { joinWrites } from './joined-writes.js';
import { readPromptly } from './prompt-reads.js';
import { checkedAddresses, createResolve } from './resolve.js';
import { UpstreamError } from './upstream-error.js';

/** Opens a connection to a route's upstream. @param host the canonical name that was asked for */
export type Dial = (route: Route, host: string, session: Buffer | undefined) => Promise<Socket | TLSSocket>;

export interface Dialler {
  readonly dial: Dial;
  /** Builds the common trust store now, ahead of the first upstream. */
  warm(): void;
}

/** Milliseconds for the name, and again for the connection and its handshake. */
const connectTimeout = 10_000;
/** Milliseconds before the next address of a name is tried beside the last. */
const attemptTimeout = 500;
/** Milliseconds of silence before the system asks whether the other side is still there. */
const keepAliveDelay = 60_000;
/** Bytes on their way to an upstream before the client is slowed down. */
const highWaterMark = 64 * 1024;
const systemBundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * @param extraAuthorities PEM, trusted for every upstream
 * @param nameServers asked instead of the system's resolver, if any
 */
export function createDialler(extraAuthorities: readonly string[], nameServers: readonly string[]): Dialler {
  const resolve = createResolve(nameServers);
  let common: SecureContext | undefined;
  let trusted: readonly string[] | undefined;
  const own = new Map<string, SecureContext>();

  function contextFor(authority: string | null): SecureContext {
    trusted ??= [...trustedAuthorities(), ...extraAuthorities];
    if (authority === null) {
      common ??= createSecureContext({ ca: [...trusted], minVersion: 'TLSv1.2' });
      return common;
    }
    // As many as there are routes with a file of their own.
    let context = own.get(authority);
    if (!context) {
      context = createSecureContext({ ca: [...trusted, authority], minVersion: 'TLSv1.2' });
      own.set(authority, context);
    }
    return context;
  }

  return {
    warm: () => void contextFor(null),
    async dial(route, host, session) {
      const target = route.connectTo ?? { host, port: route.scheme === 'https' ? 443 : 80 };
      const mayBePrivate = route.private || route.connectTo !== null;
      const addresses = isAddress(target.host)
        ? null
        : await inTime(checkedAddresses(resolve, target.host, mayBePrivate), host);
      const options = {
        host: target.host,
        port: target.port,
        noDelay: true,
        highWaterMark,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveDelay,
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: attemptTimeout,
        ...(addresses ? { lookup: fixedLookup(addresses) } : {}),
      };
      if (route.scheme === 'http') return connected(shortened(connectTcp(options)), 'connect', host);
      const secure = connectTls({
        ...options,
        servername: host,
        secureContext: contextFor(route.certificateAuthority),
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: true,
        ...(session ? { session } : {}),
      });
      // Over TLS Node ignores them as options: a body in several pieces would wait for delayed acknowledgements.
      secure.setNoDelay(true).setKeepAlive(true, keepAliveDelay);
      return connected(shortened(secure), 'secureConnect', host);
    },
  };
}

/** Node's streams take their time with each message. */
function shortened<Connecting extends Socket>(socket: Connecting): Connecting {
  return joinWrites(readPromptly(socket, highWaterMark));
}

/** An operator's `connect_to` may be an address; a route's own name never is. */
function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

/** Hands out the addresses that were checked: no second question to a name server that may answer otherwise. */
function fixedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };
}

async function connected<T extends Socket>(
  socket: T,
  event: 'connect' | 'secureConnect',
  host: string,
): Promise<T> {
  const ready = new Promise<T>((resolve, reject) => {
    // Stays on: an error may come twice, and after the time is up.
    socket.on('error', (error) => reject(dialError(error, host)));
    socket.once(event, () => resolve(socket));
  });
  try {
    return await inTime(ready, host);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Rejects as a time-out of the upstream's when the work takes too long; it may still end, unheard. */
async function inTime<T>(work: Promise<T>, host: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `no connection to ${host} within ${connectTimeout / 1000} s`;
    timer = setTimeout(() => reject(new UpstreamError('upstream-timeout', message)), connectTimeout);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function dialError(error: NodeJS.ErrnoException, host: string): UpstreamError {
  const code = String(error.code ?? '');
  if (/CERT|SELF_SIGNED|UNABLE_TO_|CRL|ALTNAME/.test(code)) {
    return new UpstreamError('upstream-certificate', `the certificate of ${host} is not trusted (${code})`);
  }
  const detail = /^[A-Z_0-9]{1,60}$/.test(code) ? code : 'no code';
  if (code === 'ETIMEDOUT')
    return new UpstreamError('upstream-timeout', `no connection to ${host} (${detail})`);
  return new UpstreamError('upstream-unreachable', `no connection to ${host} (${detail})`);
}

/** The runtime's list and the system's bundle, which holds what the machine's owner added; each certificate once. */
function trustedAuthorities(): string[] {
  let bundle = '';
  try {
    bundle = readFileSync(systemBundle, 'latin1');
  } catch {
    // A machine without one has the runtime's list.
  }
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const byContent = new Map<string, string>();
  for (const certificate of [...rootCertificates, ...blocks]) {
    byContent.set(certificate.replace(/\s+/g, ''), certificate);
  }
  return [...byContent.values()];
}
