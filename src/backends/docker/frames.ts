import { Transform, type Writable } from 'node:stream';

/** The header of a frame: which stream, three zeros, the length in 4 bytes, big-endian (Engine API, ContainerAttach). */
const headerSize = 8;

/**
 * Takes apart what a container without a terminal writes, standard output and error in frames on one stream, and waits
 * for the slower of the two receivers.
 */
export function splitFrames(stdout: Writable, stderr: Writable): Transform {
  let header = Buffer.alloc(0);
  let remaining = 0;
  let target = stdout;

  const write = (chunk: Buffer): Promise<void> | undefined =>
    target.write(chunk) || target.destroyed
      ? undefined
      : new Promise((resolve) => {
          const done = () => {
            target.off('drain', done).off('close', done);
            resolve();
          };
          target.once('drain', done).once('close', done);
        });

  const take = async (chunk: Buffer): Promise<void> => {
    let rest = chunk;
    while (rest.length > 0) {
      if (remaining > 0) {
        const part = rest.subarray(0, remaining);
        remaining -= part.length;
        rest = rest.subarray(part.length);
        await write(part);
        continue;
      }
      const missing = headerSize - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < headerSize) return;
      target = header[0] === 2 ? stderr : stdout;
      remaining = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  };

  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      take(chunk).then(() => done(), done);
    },
  });
}
