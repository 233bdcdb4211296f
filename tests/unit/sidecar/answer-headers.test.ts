import { expect, test } from 'vitest';
import { buildPieceIndex } from '../../../src/policy/across/piece-index.js';
import { buildDeltaIndex } from '../../../src/policy/inbound/deltas.js';
import { createGuesses } from '../../../src/policy/inbound/guesses.js';
import { NotScannedError } from '../../../src/policy/inbound/scrub.js';
import { loadDetectors } from '../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { type HeaderFinder, scrubHeaders } from '../../../src/sidecar/inbound/answer-headers.js';
import { createCleanLines } from '../../../src/sidecar/inbound/clean-lines.js';

const value = 'xoPq7-4f0d8a66b1c7KmZt92Lw';
const knownSecrets = [{ name: 'TOKEN', value }];
const detectors = await loadDetectors('inbound', ['reflected_secrets']);
const usual = [
  'Content-Type',
  'application/json',
  'Server',
  'nginx',
  'Date',
  'Mon, 23 Nov 2026 12:00:00 GMT',
];
const nothing = () => {};

/** What is looked at is told. */
function finderWith(guesses = createGuesses(knownSecrets)()): HeaderFinder & { readonly looked: string[] } {
  const looked: string[] = [];
  const scanner = createScanner(detectors, { knownSecrets });
  return {
    looked,
    scanner: {
      scan(bytes, surface, options) {
        looked.push(Buffer.from(bytes).toString('latin1'));
        return scanner.scan(bytes, surface, options);
      },
    },
    deltas: buildDeltaIndex(buildPieceIndex(knownSecrets)),
    guesses,
    cleanLines: createCleanLines(),
  };
}

test('a line that was clean is not looked at again, one that is new is', () => {
  const finder = finderWith();
  expect(scrubHeaders(finder, usual, nothing)).toBe(usual);
  expect(finder.looked.join()).toContain('nginx');
  finder.looked.length = 0;
  expect(scrubHeaders(finder, usual, nothing)).toBe(usual);
  expect(finder.looked).toEqual([]);
  const other = [...usual, 'X-Request-Id', '17'];
  expect(scrubHeaders(finder, other, nothing)).toBe(other);
  expect(finder.looked).toEqual(['X-Request-Id\n17\n']);
});

test('a value among lines that are known is covered, each time', () => {
  const finder = finderWith();
  scrubHeaders(finder, usual, nothing);
  for (let time = 0; time < 3; time += 1) {
    let found = 0;
    const scrubbed = scrubHeaders(finder, [...usual, 'X-Echo', `is ${value}`, value, 'b'], () => {
      found += 1;
    });
    expect(scrubbed).toEqual([...usual, 'X-Echo', `is ${'*'.repeat(value.length)}`]);
    expect(found).toBe(2);
  }
});

test('where too much was guessed not even known lines pass', () => {
  let spent = false;
  const finder = finderWith({ note: nothing, areSpent: () => spent });
  scrubHeaders(finder, usual, nothing);
  spent = true;
  expect(() => scrubHeaders(finder, usual, nothing)).toThrow(NotScannedError);
});
