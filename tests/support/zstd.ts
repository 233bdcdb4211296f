import { execFileSync } from 'node:child_process';
import { hasProgram } from './needs.js';

/** Debian's package `zstd`: the reference, which shares nothing with ours. */
export const hasZstd = hasProgram('zstd');

const run = (input: Buffer, flags: readonly string[]): Buffer =>
  execFileSync('zstd', ['-q', '-c', ...flags], {
    input,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });

/** @param flags such as `-19`, `--no-check` */
export const zstdCompress = (bytes: Buffer | string, ...flags: string[]): Buffer =>
  run(Buffer.from(bytes as string), flags);

/** Throws where the reference doesn't take it. */
export const zstdDecompress = (bytes: Buffer): Buffer => run(bytes, ['-d']);
