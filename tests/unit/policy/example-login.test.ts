import { expect, it } from 'vitest';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';

const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });

it.each([
  ['postgresql://user:hidden@[2001:db8::7]/shop', false],
  ['postgres://user:hidden@192.0.2.7:5432/shop', false],
  ['https://user:hidden@198.51.100.7/', false],
  ['redis://user:hidden@203.0.113.7:6379', false],
  ['https://user:hidden@api.example.org/', false],
  ['mysql://user:hidden@db.example.com/shop', false],
  // A host that others may have, a longer password, a name that only begins so.
  ['postgresql://user:hidden@[2001:db9::7]/shop', true],
  ['postgres://user:hidden@192.0.3.7:5432/shop', true],
  ['https://user:hidden@api.example.io/', true],
  ['mysql://user:r4Tq82xLm@db.example.com/shop', true],
  ['mysql://user:hidden@db.example.community/shop', true],
])('a login of a manual is none: %s', (text, found) => {
  expect(scanner.scan(Buffer.from(`see ${text} for more\n`), 'body').findings.length > 0).toBe(found);
});
