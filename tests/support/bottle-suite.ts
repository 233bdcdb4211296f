import { afterAll, beforeAll, expect } from 'vitest';
import { makePlayground, type Playground, type PlaygroundSettings } from './bottles.js';
import { hasProgram, needs } from './needs.js';
import { installProgram, type Operator, operators, type Program } from './operators.js';

/** What the tests of one operator share; only to be used within a test or a hook. */
export interface Bench {
  readonly operator: Operator;
  readonly walls: Walls;
  readonly playground: Playground;
  /** A further playground, removed with the rest. */
  another(): Playground;
}

/** In what the bottles of two backends differ to an attacker. */
export interface Walls {
  /** Unix sockets that the agent can see. */
  readonly sockets: readonly string[];
  /** Attempts of kernel.py that succeed: what they reach is not this machine's, or docs/limitations.md tells of them. */
  readonly leftOpen: readonly string[];
  /** As whom the agent acts, by its own number. */
  readonly uid: number;
  /** What curl ends with where it has no route to an address. */
  readonly noRoute: readonly number[];
  readonly terminalsAreNumberedAnew: boolean;
  /** gVisor's kernel says '0': its own filter is about itself, the container's is not used. */
  readonly seccomp: '2' | '0';
  /** Processes beside its own whose memory the agent can read. */
  readonly memories: number;
}

const bubblewrapWalls: Walls = {
  sockets: ['/run/bot-bottle/sockets/proxy'],
  leftOpen: [],
  uid: 1000,
  noRoute: [7],
  terminalsAreNumberedAnew: false,
  seccomp: '2',
  memories: 2,
};

/** Runs the tests for every operator that this machine allows, each with manifests and a workspace of his own. */
export function bottleSuite(name: string, tests: (bench: Bench) => void): void {
  needs('bwrap and python3', hasProgram('bwrap') && hasProgram('python3'), name, () => {
    let program: Program;
    beforeAll(() => {
      program = installProgram();
    });
    afterAll(() => program.remove());
    for (const operator of operators) {
      benchOf({ operator, walls: bubblewrapWalls, program: () => program, settings: {} }, tests);
    }
  });
}

interface BenchOptions {
  readonly operator: Operator;
  readonly walls: Walls;
  readonly program: () => Program;
  readonly settings: PlaygroundSettings;
}

/** The tests of one operator, where this machine lets them act as him. */
export function benchOf(
  { operator, walls, program, settings }: BenchOptions,
  tests: (bench: Bench) => void,
): void {
  needs(operator.part, operator.present, `started by ${operator.name}`, () => {
    const made: Playground[] = [];
    const another = () => {
      const playground = makePlayground(program(), operator, settings);
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
      walls,
      get playground() {
        return playground;
      },
      another,
    });
  });
}

/** Runs one of the attack programs in a bottle; answers what it printed. */
export async function runAttack({ playground }: Pick<Bench, 'playground'>, name: string, input = '') {
  const finished = await playground.run(['/usr/bin/python3', `/workspace/attacks/${name}.py`], { input });
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return JSON.parse(finished.stdout);
}
