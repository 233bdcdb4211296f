import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from 'vitest';
import { type Bench, benchOf, type Walls } from './bottle-suite.js';
import { makePlayground, type Playground } from './bottles.js';
import { type Canary, startCanary } from './canary.js';
import { leftovers, outerAddress, type TestEngine } from './engine.js';
import { type Operator, operators, type Program } from './operators.js';
import { createTestAuthority } from './test-authority.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The checkout's own build: the images are made from what lies beside it. */
export const builtProgram: Program = {
  node: process.execPath,
  cli: join(root, 'dist/cli.js'),
  remove: () => {},
};

/** A playground whose bottles run on the engine. */
export function makeDockerPlayground(
  engine: TestEngine,
  operator: Operator,
  bottle: string,
  more: Readonly<Record<string, string>> = {},
): Playground {
  return makePlayground(builtProgram, operator, {
    bottle,
    owner: engine.member,
    environment: onEngine(engine, more),
  });
}

function onEngine({ address }: TestEngine, more: Readonly<Record<string, string>>) {
  return { BOT_BOTTLE_BACKEND: 'docker', DOCKER_HOST: address, ...more };
}

const runtimes = {
  runc: { leftOpen: [], seccomp: '2', memories: 1 },
  // All of its own kernel's, which hold nothing of this machine: the device has no driver, the keyring no key.
  runsc: {
    leftOpen: ['a new user namespace', 'make a device', "read the operator's session keyring"],
    seccomp: '0',
    memories: 0,
  },
} as const;

/** Runs the tests in bottles of a runtime, for each operator; root's agent acts as the workspace's owner. */
export function dockerSuite(
  found: TestEngine | null,
  runtime: keyof typeof runtimes,
  who: 'everyone' | 'the member',
  tests: (bench: Bench) => void,
): void {
  // Without one the tests are only named, as skipped.
  const engine = found ?? ({ address: '', member: operators[0] } as TestEngine);
  const walls: Walls = {
    sockets: [],
    ...runtimes[runtime],
    uid: engine.member.uid,
    noRoute: [7, 28],
    terminalsAreNumberedAnew: true,
  };
  const settings = { owner: engine.member, environment: onEngine(engine, { BOT_BOTTLE_RUNTIME: runtime }) };
  describe(`under ${runtime}`, () => {
    afterAll(async () => {
      expect(await leftovers(engine, [])).toEqual([]);
    });
    const all = [engine.member, ...operators.filter(({ uid }) => uid === 0)];
    for (const operator of who === 'everyone' ? all : [engine.member])
      benchOf({ operator, walls, program: () => builtProgram, settings }, tests);
  });
}

/** A playground whose bottle has one route, with the secret token, to an upstream of the test's own on this machine. */
export async function makePlaygroundWithUpstream(
  engine: TestEngine,
  host: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly playground: Playground; readonly upstream: Canary }> {
  const authority = await createTestAuthority();
  const upstream = await startCanary({ authority, names: [host] }, undefined, '0.0.0.0');
  const playground = makeDockerPlayground(engine, engine.member, '', environment);
  const file = join(playground.home, 'upstream.pem');
  writeFileSync(file, authority.certificate);
  const route = [
    `host: ${host}`,
    'auth: {scheme: Bearer, token_ref: E2E_TOKEN}',
    'private: true',
    `connect_to: ${outerAddress()}:${upstream.port}`,
    `ca_file: ${file}`,
  ];
  const bottle = `egress:\n  routes:\n    - ${route.join('\n      ')}\n`;
  writeFileSync(join(playground.home, 'bottles/e2e.md'), `---\n${bottle}---\n`);
  return { playground, upstream };
}
