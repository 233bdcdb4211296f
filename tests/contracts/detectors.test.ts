import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import route from '../../src/manifest/schema/route.schema.json' with { type: 'json' };
import { registry } from '../../src/policy/detectors/registry.generated.js';
import type { Surface } from '../../src/policy/scan/detector.js';
import { loadDetectors } from '../../src/policy/scan/detectors.js';
import { createScanner } from '../../src/policy/scan/scanner.js';

const fixtures = join(import.meta.dirname, '../fixtures/detectors');
const knownSecrets = [{ name: 'DEPLOY_KEY', value: 'Wq4-nT8x_Lm2Zr9KvB3s' }];
const surfaceOf: Record<string, Surface> = { crlf: 'path' };

it.each(['outbound', 'inbound'] as const)("a bottle's schema names every %s detector", async (direction) => {
  const { items } = route.properties.dlp.properties[`${direction}_detectors`];
  const names = (await loadDetectors(direction, null)).map(({ name }) => name);
  expect(items.enum).toEqual(names.sort());
});

describe.each(Object.entries(registry))('detector %s', (file, load) => {
  it('is named after its file and says what it is for', async () => {
    const detector = await load();
    expect(detector.name).toBe(file.replaceAll('-', '_'));
    expect(detector.summary.length).toBeGreaterThan(20);
  });

  it.each(['ng', 'ok'] as const)('answers its fixtures: %s', async (kind) => {
    const detector = await load();
    const scanner = createScanner([detector], { knownSecrets });
    const folder = join(fixtures, detector.name, kind);
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const bytes = readFileSync(join(folder, name));
      const { findings, outcome } = scanner.scan(bytes, surfaceOf[detector.name] ?? 'body');
      expect(outcome).toBe('complete');
      expect({ name, found: findings.length > 0 }).toEqual({ name, found: kind === 'ng' });
      for (const { start, end } of findings) {
        expect(start).toBeLessThan(end);
        expect(end).toBeLessThanOrEqual(bytes.length);
      }
    }
  });

  it('takes empty, binary and cut-off input', async () => {
    const scanner = createScanner([await load()], { knownSecrets });
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(300),
      Buffer.from([0xff, 0xd8, 0xf0, 0x9f]),
      Buffer.from('ghp_'),
    ])
      expect(scanner.scan(bytes, 'body').outcome).toBe('complete');
  });
});
