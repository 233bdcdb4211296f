import type { Dispatcher, Pool } from 'undici';
import type { Route } from '../contract/route.js';
import type { Dial } from './dial.js';
import { createLeastRecentlyUsed } from './lru.js';
import { createTurns } from './turns.js';

/** Connections to upstreams, kept alive and shared by requests to the same host. */
export type Upstreams = (route: Route, host: string) => Promise<Upstream>;

export interface Upstream {
  /** Sends a request once a connection is free; `leave` is what takes it off the wait, if it has to. */
  send(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    onWait: (leave: () => boolean) => void,
  ): void;
  /** Requests that wait for a connection. */
  readonly waiting: () => number;
  /** No more is asked of it: its connections end with the last request. */
  close(): void;
}

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
  const pools = createLeastRecentlyUsed<Promise<Upstream>>(poolLimit, (evicted) => {
    evicted.then((upstream) => upstream.close()).catch(() => {});
  });

  async function open(route: Route, host: string): Promise<Upstream> {
    // Loaded after the start: a third of the sidecar's code, not needed to be ready.
    const Pool = await loadPool();
    let session: Buffer | undefined;
    const pool = new Pool(`${route.scheme}://${host}`, {
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
    return withTurns(pool);
  }

  return (route, host) => {
    // Most are asked for by a name that lives as long as its connection does: nothing is put together for each request.
    const key = route.scheme === 'https' ? host : `http://${host}`;
    return pools.getOrCreate(key, () => open(route, host));
  };
}

/** undici's own queue keeps what nobody waits for any more, with its body. */
function withTurns(pool: Pool): Upstream {
  const turns = createTurns(connectionLimit);
  let closing = false;
  const closeWhenDone = () => {
    if (closing && turns.waiting() === 0) pool.close().catch(() => {});
  };
  return {
    send(options, handler, onWait) {
      const leave = turns.take((end) => {
        pool.dispatch(options, ending(handler, end));
        closeWhenDone();
      });
      if (!leave) return;
      onWait(() => {
        const waited = leave();
        if (waited) closeWhenDone();
        return waited;
      });
    },
    waiting: turns.waiting,
    close() {
      closing = true;
      closeWhenDone();
    },
  };
}

/** The same, told of the end: an upgraded connection is none of the pool's any more. */
function ending(handler: Dispatcher.DispatchHandler, end: () => void): Dispatcher.DispatchHandler {
  const { onUpgrade } = handler;
  return {
    ...handler,
    onComplete(trailers) {
      end();
      handler.onComplete?.(trailers);
    },
    onError(error) {
      end();
      handler.onError?.(error);
    },
    ...(onUpgrade && {
      onUpgrade(status, headers, socket) {
        end();
        onUpgrade(status, headers, socket);
      },
    }),
  };
}

/** The pool alone: the whole package, with fetch and all, is four times the code and three megabytes more of objects. */
export async function loadPool(): Promise<typeof Pool> {
  const { default: pool } = await import('undici/lib/dispatcher/pool.js');
  return pool;
}
