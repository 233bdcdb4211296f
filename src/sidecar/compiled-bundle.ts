import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

interface Bundle {
  readonly run: () => void;
  /** V8 took what was compiled before. */
  readonly isCompiled: boolean;
  /** What is compiled of it by now, for {@link compiledFile}. */
  readonly compiled: () => Buffer;
}

const bundleFile = 'sidecar.cjs';
/** Beside the bundle: a SHA-256 of it and of the code cache that V8 made of it, and the cache. */
export const compiledFile = 'sidecar.compiled';
const digestBytes = 32;

/**
 * The sidecar's bundle, with the code that V8 made of it when it was built: without, a fifth of a start is to compile
 * it. V8 refuses a code cache of another version or other flags, but takes one of any source of the same length, and ends
 * the process where one is spoilt: the digest is for both. Whatever is refused is compiled anew.
 *
 * @param folder where both files lie
 */
export function openBundle(folder: string): Bundle {
  const filename = join(folder, bundleFile);
  // The bundle is ASCII alone (scripts/build.mjs), which V8 keeps in half the memory.
  const source = readFileSync(filename, 'latin1');
  const cachedData = readCompiled(join(folder, compiledFile), source);
  const script = new Script(Module.wrap(source), { filename, ...(cachedData && { cachedData }) });
  return {
    isCompiled: cachedData !== null && script.cachedDataRejected === false,
    compiled: () => {
      const compiled = script.createCachedData();
      return Buffer.concat([digestOf(source, compiled), compiled]);
    },
    run: () => {
      const module = { exports: {} };
      const run = script.runInThisContext() as (...scope: unknown[]) => void;
      run(module.exports, createRequire(filename), module, filename, dirname(filename));
    },
  };
}

const digestOf = (source: string, compiled: Buffer): Buffer =>
  createHash('sha256').update(source, 'latin1').update(compiled).digest();

function readCompiled(path: string, source: string): Buffer | null {
  try {
    const file = readFileSync(path);
    const compiled = file.subarray(digestBytes);
    return file.subarray(0, digestBytes).equals(digestOf(source, compiled)) ? compiled : null;
  } catch {
    return null;
  }
}
