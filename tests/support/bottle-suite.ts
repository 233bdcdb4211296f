import { afterAll, beforeAll } from 'vitest';
import { makePlayground, type Playground } from './bottles.js';
import { hasProgram, needs } from './needs.js';
import { installProgram, type Operator, operators, type Program } from './operators.js';

/** What the tests of one operator share; only to be used within a test or a hook. */
export interface Bench {
  readonly operator: Operator;
  readonly playground: Playground;
  /** A further playground, removed with the rest. */
  another(): Playground;
}

/** Runs the tests for every operator that this machine allows, each with manifests and a workspace of his own. */
export function bottleSuite(name: string, tests: (bench: Bench) => void): void {
  needs('bwrap and python3', hasProgram('bwrap') && hasProgram('python3'), name, () => {
    let program: Program;
    beforeAll(() => {
      program = installProgram();
    });
    afterAll(() => program.remove());

    for (const operator of operators) {
      needs(operator.part, operator.present, `started by ${operator.name}`, () => {
        const made: Playground[] = [];
        const another = () => {
          const playground = makePlayground(program, operator);
          made.push(playground);
          return playground;
        };
        let playground: Playground;
        beforeAll(() => {
          playground = another();
        });
        afterAll(() => {
          for (const one of made) one.remove();
        });
        tests({
          operator,
          get playground() {
            return playground;
          },
          another,
        });
      });
    }
  });
}
