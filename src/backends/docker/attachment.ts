import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { splitFrames } from './frames.js';

/** As `docker` has them: leave the terminal, and the bottle running. */
export const detachKeys = 'ctrl-p,ctrl-q';

/** All of a container's standard streams, from before it starts. */
export async function attachTo(container: Docker.Container): Promise<Duplex> {
  const options = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true, detachKeys };
  return (await container.attach(options)) as Duplex;
}

export interface Attachment {
  /** Settles when everything that was written has been passed on. */
  readonly drained: Promise<void>;
  /** Gives the operator's terminal and input back. */
  release(): void;
}

export interface AttachmentOptions {
  readonly terminal: boolean;
  readonly resize: (size: { h: number; w: number }) => Promise<unknown>;
  /** Called when nobody reads this process's output any more, as in `… | head -1`. */
  readonly onReaderGone: () => void;
}

/** Joins this process's standard streams to those of a container or an exec. */
export function joinTerminal(
  stream: Duplex,
  { terminal, resize, onReaderGone }: AttachmentOptions,
): Attachment {
  const { stdin, stdout, stderr } = process;
  const sendSize = () => {
    // It may have ended in between; there is nothing to fit then.
    resize({ h: stdout.rows ?? 24, w: stdout.columns ?? 80 }).catch(() => {});
  };
  // A command that ends without reading its input closes the stream under us; its exit code tells the rest.
  stream.on('error', () => {});
  const output = terminal ? stream : stream.pipe(splitFrames(stdout, stderr));
  if (terminal) stream.pipe(stdout, { end: false });
  else output.resume();
  const giveBack = () => {
    stdin.unpipe(stream);
    if (!terminal) return;
    if (stdin.isTTY) stdin.setRawMode(false);
    stdout.off('resize', sendSize);
  };
  const drained = finished(output, { writable: false })
    .catch(() => {})
    .then(giveBack);
  // A terminal that was closed answers every read and write with an error. They must not keep us from the teardown.
  const onInputError = () => stream.end();
  const onOutputError = ({ code }: NodeJS.ErrnoException) => {
    // What is still written is read and forgotten, so that the agent's end is heard of.
    output.resume();
    if (code === 'EPIPE') onReaderGone();
  };
  stdin.on('error', onInputError);
  // To the end of this process: what was written may fail late.
  for (const one of [stdout, stderr]) one.on('error', onOutputError);
  if (terminal) {
    if (stdin.isTTY) stdin.setRawMode(true);
    stdout.on('resize', sendSize);
    sendSize();
  }
  stdin.pipe(stream);
  return {
    drained,
    release: () => {
      giveBack();
      stdin.pause();
      // A pipe that its writer keeps open would hold this process.
      if (!stdin.isTTY) stdin.destroy();
      stream.destroy();
    },
  };
}
