// Loaded by every Node in the bottle before its program: makes the built-in fetch use the proxy, which Node before
// 22.21 doesn't do by itself. The dispatcher proper is loaded at the first request, so that a plain start costs nothing.
import { join } from 'node:path';
import type { Dispatcher } from 'undici';

/** Where the built-in fetch, and every copy of undici, looks for its dispatcher. */
const place = Symbol.for('undici.globalDispatcher.1');

function readsProxyVariables(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

let loaded: Dispatcher | undefined;

function dispatcher(): Dispatcher {
  loaded ??= (
    require(join(__dirname, 'node-proxy-agent.cjs')) as { makeDispatcher(): Dispatcher }
  ).makeDispatcher();
  return loaded;
}

const lazy: Pick<Dispatcher, 'dispatch' | 'close' | 'destroy'> = {
  dispatch: (options, handler) => dispatcher().dispatch(options, handler),
  close: async () => loaded?.close(),
  destroy: async () => loaded?.destroy(),
} as Dispatcher;

if (!readsProxyVariables(process.versions.node) && process.env['HTTPS_PROXY']) {
  Object.defineProperty(globalThis, place, {
    value: lazy,
    writable: true,
    enumerable: false,
    configurable: false,
  });
}
