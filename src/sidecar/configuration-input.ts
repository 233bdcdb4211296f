import type { Readable } from 'node:stream';
import { ConfigurationError } from './configuration.js';

/** Far above any configuration; it keeps a mistaken input from filling the memory. Bytes. */
const longestLine = 16 * 1024 * 1024;

/**
 * The first line of the standard input. What comes after it is thrown away as it comes:
 * the stream is read on only to see its end, which is the end of the parent.
 */
export function readConfigurationLine(input: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (outcome: () => void) => {
      input.off('data', onData).off('end', onEnd).off('error', onEnd);
      input.resume();
      outcome();
    };
    const onData = (chunk: Buffer) => {
      const newline = chunk.indexOf(0x0a);
      chunks.push(newline === -1 ? chunk : chunk.subarray(0, newline));
      size += chunk.length;
      if (newline !== -1) finish(() => resolve(Buffer.concat(chunks).toString('utf8')));
      else if (size > longestLine) finish(() => reject(new ConfigurationError('configuration: too long')));
    };
    const onEnd = () => finish(() => reject(new ConfigurationError('configuration: no line came')));
    input.on('data', onData).on('end', onEnd).on('error', onEnd);
  });
}
