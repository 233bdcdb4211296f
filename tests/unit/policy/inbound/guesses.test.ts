import { describe, expect, test } from 'vitest';
import { buildPieceIndex } from '../../../../src/policy/across/piece-index.js';
import { buildDeltaIndex } from '../../../../src/policy/inbound/deltas.js';
import { createGuesses, type Guesses } from '../../../../src/policy/inbound/guesses.js';
import { NotScannedError, type SecretFinder } from '../../../../src/policy/inbound/scrub.js';
import { createScrubStream } from '../../../../src/policy/inbound/scrub-stream.js';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';
import { encodings } from '../../../support/encodings.js';

const value = 'xoPq7-4f0d8a66b1c7KmZt92Lw';
const hex = Buffer.from(value).toString('hex');
const secrets = [{ name: 'KEY', value }];
const scanner = createScanner(await loadDetectors('inbound', ['reflected_secrets']), {
  knownSecrets: secrets,
});
const deltas = buildDeltaIndex(buildPieceIndex(secrets));

function send(guesses: Guesses, chunks: readonly Buffer[]): string {
  const finder: SecretFinder = { scanner, deltas, guesses };
  const scrubber = createScrubStream(finder, { isText: true, unit: 'span', onFound: () => {} });
  return Buffer.concat([...chunks.map((chunk) => scrubber.push(chunk)), scrubber.end()]).toString();
}
const piece = (guesses: Guesses, length: number): string =>
  send(guesses, [Buffer.from(`it is ${hex.slice(0, length)}, isn't it`)]);

describe('pieces of values that come back', () => {
  /** In it each letter is so long that a value is parted by where it is cut; in pieces, one is all that is found. */
  const names = Object.keys(encodings).filter((name) => !/^two |with zeros$/.test(name));

  test.each(names)('are none where the whole of one does, cut anywhere: %s', (name) => {
    const routeOf = createGuesses(secrets);
    const guesses = routeOf();
    const form = Buffer.from(encodings[name]?.(value) ?? '');
    const bytes = Buffer.concat([
      Buffer.from('{"authorization":"Bearer '),
      form,
      Buffer.from('","host":"a"}'),
    ]);
    for (let cut = 1; cut < bytes.length; cut += 1)
      send(guesses, [bytes.subarray(0, cut), bytes.subarray(cut)]);
    for (let length = 26; length < 33; length += 1) piece(guesses, length);
    expect(guesses.areSpent()).toBe(false);
    piece(guesses, 33);
    expect(guesses.areSpent()).toBe(true);
  });

  test('are counted once each, and after eight nothing more comes from where they came', () => {
    const routeOf = createGuesses(secrets);
    const [guesses, other, late] = [routeOf(), routeOf(), routeOf()];
    for (let length = 26; length < 33; length += 1)
      for (let again = 0; again < 3; again += 1) expect(piece(guesses, length)).toContain('*'.repeat(length));
    expect(guesses.areSpent()).toBe(false);
    piece(guesses, 33);
    expect(() => send(guesses, [Buffer.from('clean')])).toThrow(NotScannedError);
    expect(send(other, [Buffer.from('clean')])).toBe('clean');
    piece(late, 34);
    expect(() => send(late, [Buffer.from('clean')])).toThrow(NotScannedError);
  });

  test('are counted where a reader has seen them and nothing follows', () => {
    const guesses = createGuesses(secrets)();
    for (let length = 26; length < 34; length += 1) {
      const finder: SecretFinder = { scanner, deltas, guesses };
      const scrubber = createScrubStream(finder, { isText: true, unit: 'span', onFound: () => {} });
      scrubber.push(Buffer.from(hex.slice(0, length)));
      expect(scrubber.release().toString()).toBe('*'.repeat(length));
    }
    expect(guesses.areSpent()).toBe(true);
  });
});
