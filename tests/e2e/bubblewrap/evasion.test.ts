import { afterAll, beforeAll, describe } from 'vitest';
import { makePlayground } from '../../support/bottles.js';
import { evasionFromBottles } from '../../support/evasion/bottles.js';
import { hasProgram, needs } from '../../support/needs.js';
import { installProgram, operators, type Program } from '../../support/operators.js';

needs(
  'bwrap and python3',
  hasProgram('bwrap') && hasProgram('python3'),
  'evasion from inside a bottle',
  () => {
    let program: Program;
    beforeAll(() => {
      program = installProgram();
    });
    afterAll(() => program?.remove());

    describe.each(operators.filter(({ present }) => present))('started by $name', (operator) => {
      evasionFromBottles({
        playground: (bottle) => makePlayground(program, operator, { bottle }),
        listen: '127.0.0.1',
        reach: '127.0.0.1',
      });
    });
  },
);
