import { afterAll, beforeAll, describe } from 'vitest';
import { makePlayground } from '../../support/bottles.js';
import { hasProgram, needs } from '../../support/needs.js';
import { installProgram, operators, type Program } from '../../support/operators.js';
import { scannedBottles } from '../../support/scanned-bottles.js';

needs(
  'bubblewrap and curl',
  hasProgram('bwrap') && hasProgram('curl'),
  'what a bottle in bubblewrap may send',
  () => {
    let program: Program;
    beforeAll(() => {
      program = installProgram();
    });
    afterAll(() => program?.remove());

    describe.each(operators.filter(({ present }) => present))('started by $name', (operator) => {
      scannedBottles({
        playground: () => makePlayground(program, operator),
        listen: '127.0.0.1',
        reach: '127.0.0.1',
      });
    });
  },
);
