import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sidecarRuntime } from '../../src/contract/sidecar-runtime.js';
import { compiledFile } from '../../src/sidecar/compiled-bundle.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bot-bottle-compiled-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** In a process of its own: V8 remembers what it has compiled in one. */
function inProcess(script: string, ...flags: readonly string[]): string {
  const load = `
    import { writeFileSync } from 'node:fs';
    import { loadModule, root } from './scripts/detection/load.mjs';
    const { openBundle } = await loadModule('src/sidecar/compiled-bundle.ts');`;
  const args = [...sidecarRuntime.flags, ...flags, '--input-type=module', '--eval', load + script];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

const writeBundle = (word: string): void =>
  writeFileSync(
    join(folder, 'sidecar.cjs'),
    `const { basename } = require('node:path');\nconsole.log(basename(__filename), '${word}');`,
  );
const compile = (): void =>
  void inProcess(`
    const bundle = openBundle(${JSON.stringify(folder)});
    bundle.run();
    writeFileSync(${JSON.stringify(join(folder, compiledFile))}, bundle.compiled());`);
const runAgain = (...flags: readonly string[]): string =>
  inProcess(
    `
    const bundle = openBundle(${JSON.stringify(folder)});
    console.log(bundle.isCompiled);
    bundle.run();`,
    ...flags,
  );

it('runs a bundle as Node would, with what was compiled of it', () => {
  writeBundle('one');
  compile();
  expect(runAgain()).toBe('true\nsidecar.cjs one');
});

it('runs another bundle of the same length as it stands there', () => {
  writeBundle('one');
  compile();
  writeBundle('two');
  expect(runAgain()).toBe('false\nsidecar.cjs two');
});

it.each([
  ['cut off', (compiled: Buffer) => compiled.subarray(0, 40)],
  ['empty', () => Buffer.alloc(0)],
  ['spoilt in its midst', (compiled: Buffer) => Buffer.from(compiled).fill(0x5a, compiled.length >> 1)],
])('compiles anew where what was compiled is %s', (_, spoil) => {
  writeBundle('one');
  compile();
  const path = join(folder, compiledFile);
  writeFileSync(path, spoil(readFileSync(path)));
  expect(runAgain()).toBe('false\nsidecar.cjs one');
});

it('compiles anew under other flags', () => {
  writeBundle('one');
  compile();
  expect(runAgain('--stack-size=900')).toBe('false\nsidecar.cjs one');
});

it('finds what the build compiled fit for a bottle’s sidecar', () => {
  expect(inProcess("console.log(openBundle(root + '/dist').isCompiled);")).toBe('true');
});
