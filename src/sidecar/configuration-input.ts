import type { Readable } from 'node:stream';
import { splitLines } from '../contract/lines.js';
import { ConfigurationError } from './configuration.js';

/** Far above any configuration; it keeps a mistaken input from filling the memory. Bytes. */
const longestLine = 16 * 1024 * 1024;

export interface SidecarInput {
  /** The first line. */
  readonly configuration: Promise<string>;
  /** Every line after it, also those that came before this was called. */
  readonly onControl: (call: (line: string) => void) => void;
  /** Calls when the parent has ended its side, or speaks what can't be read. */
  readonly onEnd: (call: () => void) => void;
}

/** Reads the standard input: the configuration, once, and then the operator's answers until the parent's end. */
export function openInput(input: Readable): SidecarInput {
  const early: string[] = [];
  let control = (line: string): void => void early.push(line);
  let ended = false;
  let end = (): void => {
    ended = true;
  };
  const configuration = new Promise<string>((resolve, reject) => {
    let configured = false;
    const finish = () => {
      reject(new ConfigurationError('configuration: no line came'));
      end();
    };
    const feed = splitLines(longestLine, {
      onLine: (line) => {
        if (configured) control(line);
        else resolve(line);
        configured = true;
      },
      onTooLong: () => {
        reject(new ConfigurationError('configuration: too long'));
        end();
      },
    });
    input.on('data', feed).once('end', finish).once('error', finish);
  });
  return {
    configuration,
    onControl: (call) => {
      control = call;
      early.splice(0).forEach(call);
    },
    onEnd: (call) => {
      end = call;
      if (ended) call();
    },
  };
}
