// The part of node-proxy that holds undici: loaded at a program's first request.
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

export function makeDispatcher(): Pick<Dispatcher, 'dispatch' | 'close' | 'destroy'> {
  const agent = new EnvHttpProxyAgent();
  return {
    dispatch: (options, handler) => agent.dispatch(options, withReason(handler as LegacyHandler)),
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  } as Pick<Dispatcher, 'dispatch' | 'close' | 'destroy'>;
}

/** What Node 20's fetch hands over. */
interface LegacyHandler extends Dispatcher.DispatchHandler {
  onError?(error: Error): void;
}

/**
 * undici reports a refused CONNECT as an abort, which fetch takes for the caller's own ("Request was cancelled").
 * The agent is to read that the proxy refused, and with which status.
 */
function withReason(handler: LegacyHandler): LegacyHandler {
  if (!handler.onError) return handler;
  return Object.create(handler, {
    onError: {
      value(this: LegacyHandler, error: Error) {
        const refused = /^Proxy response \((\d+)\)/.exec(error.message);
        const told = refused
          ? new Error(`the bottle's proxy refused the connection with ${refused[1]}`, {
              cause: error.message,
            })
          : error;
        handler.onError?.call(this, told);
      },
    },
  }) as LegacyHandler;
}
