import { expect, it } from 'vitest';
import { tellOnRawTerminal } from '../../../src/console/raw-terminal.js';

it('each line begins at the left of a terminal that is raw', () => {
  const told: string[] = [];
  tellOnRawTerminal((text) => told.push(text))('one\ntwo\n');
  expect(told).toEqual(['one\r\ntwo\r\n']);
});
