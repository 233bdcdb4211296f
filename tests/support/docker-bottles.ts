import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { give, makePlayground, type Playground } from './bottles.js';
import type { TestEngine } from './engine.js';
import type { Operator, Program } from './operators.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The checkout's own build: the images are made from what lies beside it. */
export const builtProgram: Program = {
  node: process.execPath,
  cli: join(root, 'dist/cli.js'),
  remove: () => {},
};

export interface DockerPlayground extends Playground {
  /** What every command of ours needs in its environment here. */
  readonly dockerEnvironment: Readonly<Record<string, string>>;
  startDocker: Playground['start'];
  runDocker: Playground['run'];
  /** Options of `start` before the command. */
  readonly home: string;
}

/** A playground whose bottles run on the engine, with a bottle of the test's own. */
export function makeDockerPlayground(
  engine: TestEngine,
  operator: Operator,
  bottle: string,
  more: Readonly<Record<string, string>> = {},
): DockerPlayground {
  const playground = makePlayground(builtProgram, operator);
  const home = join(playground.folder, 'home');
  mkdirSync(join(home, 'bottles'), { recursive: true });
  writeFileSync(join(home, 'bottles/e2e.md'), `---\n${bottle}---\n`);
  give(home, operator);
  const dockerEnvironment = { BOT_BOTTLE_BACKEND: 'docker', DOCKER_HOST: engine.address, ...more };
  return {
    ...playground,
    home,
    dockerEnvironment,
    startDocker: (command, options = {}) =>
      playground.start(command, {
        ...options,
        environment: { ...dockerEnvironment, ...options.environment },
      }),
    runDocker: (command, options = {}) =>
      playground.run(command, { ...options, environment: { ...dockerEnvironment, ...options.environment } }),
  };
}

/** A route to an upstream of the test's own on this machine. */
export function routeTo(address: string, port: number, certificateFile: string): string {
  return `egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: E2E_TOKEN}
      private: true
      connect_to: ${address}:${port}
      ca_file: ${certificateFile}
`;
}
