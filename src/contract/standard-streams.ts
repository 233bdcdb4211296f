import { PassThrough } from 'node:stream';
import { BottleError } from './errors.js';

const names = ['stdin', 'stdout', 'stderr'] as const;

/**
 * Keeps this process from touching some of its descriptors 0, 1 and 2 by way of `process.stdin` and its like.
 *
 * Node makes such a descriptor non-blocking as soon as anything reads the property, and its own code does so whenever a
 * socket closes or a stream is piped. The flag belongs to the open file, so a program that was given the same one (an
 * agent, beside its init, the sidecar and the command line) suddenly gets EAGAIN and loses input or output. The
 * properties answer a stream that leads nowhere; what is to be said is written to the descriptor itself.
 */
export function leaveStreamsAlone(descriptors: readonly (0 | 1 | 2)[]): void {
  for (const descriptor of descriptors) {
    Object.defineProperty(process, names[descriptor], {
      value: new PassThrough().resume(),
      configurable: true,
      enumerable: true,
    });
  }
}

/** What a failed write to standard output means: whoever read it has what he wanted, as in `… | head`, or it failed. */
export function outputError(thrown: unknown): BottleError {
  const { code, message = String(thrown) } = thrown as Partial<NodeJS.ErrnoException>;
  return code === 'EPIPE'
    ? new BottleError({ code: 'reader-gone', message: 'nobody reads the output any more', cause: thrown })
    : new BottleError({
        code: 'host-not-ready',
        message: `the output can't be written: ${message}`,
        where: 'standard output',
        hint: 'send it elsewhere, or make room there',
        cause: thrown,
      });
}
