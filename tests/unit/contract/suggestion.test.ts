import { expect, it } from 'vitest';
import { nearest } from '../../../src/contract/suggestion.js';

it.each([
  ['rotes', 'routes'],
  ['ruotes', 'routes'],
  ['ROUTES', 'routes'],
  ['extend', 'extends'],
  ['e', null],
  ['completely', null],
  ['x'.repeat(1000), null],
])('for %s suggests %s', (word, expected) => {
  expect(nearest(word, ['routes', 'extends', 'env'])).toBe(expected);
});
