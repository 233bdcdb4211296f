import { expect, it } from 'vitest';
import { nodeProblem } from '../../../src/console/node-version.js';

it.each([
  ['18.20.4', false],
  ['20.9.0', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.0.0', true],
  ['100.1.0', true],
  ['26.0.0-nightly20260101', true],
  ['9.99.0', false],
])('of Node %s it says whether >=20.19 holds', (found, holds) => {
  expect(nodeProblem('>=20.19', found) === null).toBe(holds);
});
