import type { Pool } from 'undici';
import type { Route } from '../contract/route.js';
import type { Dial } from './dial.js';
import { createLeastRecentlyUsed } from './lru.js';

/** Connections to upstreams, kept alive and shared by requests to the same host. */
export type Upstreams = (route: Route, host: string) => Promise<Pool>;

/** Hosts with open pools; a wildcard route may have any number of hosts. An idle connection holds some 80 kB. */
const poolLimit = 32;
/** Connections to one host; further requests wait. */
const connectionLimit = 64;
/** Milliseconds. A model may think for minutes before the first byte; a held stream may be silent for hours. */
const headersTimeout = 15 * 60_000;
const bodyTimeout = 0;
const keepAliveTimeout = 4000;
const keepAliveMaxTimeout = 60_000;
/** Bytes of an answer's headers. */
const maxHeaderSize = 64 * 1024;

export function createUpstreams(dial: Dial): Upstreams {
  const pools = createLeastRecentlyUsed<Promise<Pool>>(poolLimit, (evicted) => {
    evicted.then((pool) => pool.close()).catch(() => {});
  });

  async function open(route: Route, host: string): Promise<Pool> {
    // Loaded after the start: a third of the sidecar's code, not needed to be ready.
    const Pool = await loadPool();
    let session: Buffer | undefined;
    return new Pool(`${route.scheme}://${host}`, {
      connections: connectionLimit,
      pipelining: 1,
      headersTimeout,
      bodyTimeout,
      keepAliveTimeout,
      keepAliveMaxTimeout,
      maxHeaderSize,
      connect: (_options, callback) => {
        dial(route, host, session).then(
          (socket) => {
            socket.on('session', (ticket: Buffer) => {
              session = ticket;
            });
            callback(null, socket);
          },
          (error: Error) => callback(error, null),
        );
      },
    });
  }

  return (route, host) => {
    // Most are asked for by a name that lives as long as its connection does: nothing is put together for each request.
    const key = route.scheme === 'https' ? host : `http://${host}`;
    return pools.getOrCreate(key, () => open(route, host));
  };
}

/** The pool alone: the whole package, with fetch and all, is four times the code and three megabytes more of objects. */
export async function loadPool(): Promise<typeof Pool> {
  const { default: pool } = await import('undici/lib/dispatcher/pool.js');
  return pool;
}
