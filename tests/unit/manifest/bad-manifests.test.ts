import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paletteFor } from '../../../src/console/colour.js';
import { formatDiagnostics } from '../../../src/console/print-diagnostics.js';
import { type DiagnosticCode, diagnosticCodes } from '../../../src/manifest/diagnostic.js';
import { validateAll } from '../../../src/manifest/resolve.js';
import { manifestsIn, manifestsOf } from '../../support/manifests.js';

const root = join(import.meta.dirname, '../../fixtures/manifests/bad');
const names = readdirSync(root);
const plain = paletteFor({}, false);

/** Too large, or too many, to be kept as files. */
const made: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'file-too-large': { web: `env: {A: b}\n---\n${'text\n'.repeat(60_000)}` },
  'front-matter-too-large': { web: `env: {A: b}\n${'# comment\n'.repeat(7_000)}` },
  'yaml-too-deep': { web: `env: {A: b}\negress:\n  a${': '.repeat(1_900)}: b` },
  'yaml-too-complex': { web: `extends: [${`${'1,'.repeat(1_000)}\n `.repeat(21)}]` },
  'too-many-parents': Object.fromEntries(
    Array.from({ length: 70 }, (_, index) => [`b${index}`, `extends: b${index + 1}`]),
  ),
};

describe('a bad manifest is refused with the text that its folder expects', () => {
  it.each(names)('%s', (name) => {
    const folder = join(root, name);
    const manifests = manifestsIn(folder);
    const printed = formatDiagnostics(validateAll(manifests), manifests.files.length, plain);
    expect(existsSync(join(folder, 'expected.txt'))).toBe(true);
    expect(printed).toBe(readFileSync(join(folder, 'expected.txt'), 'utf8'));
    expect(printed).toMatch(/^error: /);
  });
});

describe('what is too large or too many is refused', () => {
  it.each(Object.keys(made))('%s', (code) => {
    const codes = validateAll(manifestsOf(made[code] ?? {})).map((diagnostic) => diagnostic.code);
    expect(codes).toContain(code);
  });
});

it('has an example for every code', () => {
  const seen = new Set<DiagnosticCode>(Object.keys(made) as DiagnosticCode[]);
  for (const name of names) {
    for (const { code } of validateAll(manifestsIn(join(root, name)))) seen.add(code);
  }
  expect(diagnosticCodes.filter((code) => !seen.has(code))).toEqual([]);
});

it('repeats no secret that was written in the place of a name', () => {
  const yaml = 'egress: {routes: [{host: a.example.com, auth: {scheme: Bearer, token_ref: sk-live-51H}}]}';
  const printed = formatDiagnostics(validateAll(manifestsOf({ web: yaml })), 1, plain);
  expect(printed).toContain('never the secret itself');
  expect(printed).not.toContain('sk-live');
});
