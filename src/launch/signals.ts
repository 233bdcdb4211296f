import type { RunningBottle } from '../plan/ports.js';

export interface SignalForwarder extends Disposable {
  /** From here on signals go to the agent; before, they call the start off. */
  forwardTo(bottle: RunningBottle): void;
}

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * While a bottle starts, a signal aborts the start and everything is taken down. Once the agent runs it gets the
 * signal and may end in its own way; a second one kills it. In both cases the teardown runs to its end.
 */
export function forwardSignals(interruption: AbortController): SignalForwarder {
  let target: RunningBottle | undefined;
  let seen = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    seen += 1;
    if (target) target.kill(seen === 1 ? signal : 'SIGKILL');
    else interruption.abort();
  };
  for (const signal of forwarded) process.on(signal, onSignal);
  return {
    forwardTo: (bottle) => {
      target = bottle;
      if (seen > 0) bottle.kill(seen > 1 ? 'SIGKILL' : 'SIGTERM');
    },
    [Symbol.dispose]: () => {
      for (const signal of forwarded) process.off(signal, onSignal);
    },
  };
}
