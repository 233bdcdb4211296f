import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runtimeRoot } from '../../../src/host/runtime-directory.js';
import { protectedPaths } from '../../../src/plan/protected-paths.js';
import { holdPlaceholders } from '../../../src/workspace/placeholders.js';
import { surveyProtection } from '../../../src/workspace/protection.js';
import { runBuilt, runBuiltOver } from '../../support/built-command.js';
import { hasProgram, needs, runsAsRoot } from '../../support/needs.js';

const mayMount = runsAsRoot && hasProgram('unshare') && hasProgram('mount');
const environment = { ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' };

let folder = '';
let workspace = '';
let runtime = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prune-'));
  workspace = join(folder, 'workspace');
  runtime = join(folder, 'runtime');
  for (const path of [workspace, runtime]) mkdirSync(path, { mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a killed `start` of a bottle leaves. */
async function leave(bottle: string): Promise<void> {
  await holdPlaceholders({
    workspace,
    runtimeDirectory: join(runtime, bottle),
    survey: (placeholders) =>
      surveyProtection({ source: workspace, target: '/workspace', protectedPaths }, placeholders),
  });
  const record = join(runtime, '.bottles', `${bottle}.json`);
  const owner = { pid: process.pid, started: '1' };
  writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), owner }));
}

it('ps says what can be listed when there is nothing', async () => {
  expect(await runBuilt(['ps'], { environment })).toEqual({
    exitCode: 0,
    stdout: 'no bottle of docker; those of bubblewrap end with their command line and are not listed\n',
    stderr: '',
  });
  expect((await runBuilt(['ps', '--json'], { environment })).stdout).toBe('[]\n');
});

needs('root, to be another user', runsAsRoot, 'prune in a folder for all', () => {
  it('takes away nothing that another user wrote there', async () => {
    const victim = { uid: 65_533, gid: 65_533 };
    for (const path of [folder, workspace]) chmodSync(path, 0o755);
    const temporary = join(folder, 'tmp');
    const precious = join(folder, 'precious');
    const registry = join(temporary, `bot-bottle-${victim.uid}/.bottles`);
    for (const path of [precious, registry]) mkdirSync(path, { recursive: true });
    for (const path of [temporary, dirname(registry), registry]) chmodSync(path, 0o777);
    chownSync(precious, victim.uid, victim.gid);
    const record = {
      owner: { pid: 1, started: '1' },
      workspace,
      runtimeDirectory: precious,
      placeholders: [],
    };
    writeFileSync(join(registry, 'demo-dead.json'), JSON.stringify(record));
    const asVictim = {
      user: victim,
      environment: {
        PATH: '/usr/bin:/bin',
        HOME: folder,
        TMPDIR: temporary,
        DOCKER_HOST: environment.DOCKER_HOST,
      },
    };
    const { exitCode, stderr } = await runBuilt(['prune'], asVictim);
    expect(stderr).toContain('not a folder of this user alone');
    expect(exitCode).toBe(3);
    expect(existsSync(precious)).toBe(true);
    // Nor is one taken for a place to wait in, whose inner folder its owner could exchange.
    mkdirSync(join(dirname(registry), 'operator'), { mode: 0o700 });
    chownSync(join(dirname(registry), 'operator'), victim.uid, victim.gid);
    for (const command of [['proposals'], ['approve', 'demo-0001.1']])
      expect((await runBuilt(command, asVictim)).stderr).toContain('not a folder of this user alone');
    // The same below a folder that only another may enter.
    chmodSync(temporary, 0o700);
    const shut = await runBuilt(['prune'], asVictim);
    expect([shut.exitCode, shut.stderr]).toEqual([3, expect.stringContaining('not a folder of this user')]);
    chmodSync(temporary, 0o777);
    chownSync(dirname(registry), victim.uid, victim.gid);
    chmodSync(dirname(registry), 0o700);
    expect(await runBuilt(['prune'], asVictim)).toMatchObject({
      exitCode: 0,
      stdout: 'placeholders and files of demo-dead\n',
    });
    expect(existsSync(precious)).toBe(true);
  });
});

needs('root, unshare and mount', mayMount, 'prune', () => {
  it('names whose placeholders and files it takes away, or would', async () => {
    mkdirSync(runtimeRoot({}), { recursive: true, mode: 0o700 });
    const prune = (...args: readonly string[]) =>
      runBuiltOver({ [runtimeRoot({})]: runtime }, ['prune', ...args], { environment });
    expect(await prune()).toEqual({ exitCode: 0, stdout: 'nothing to prune\n', stderr: '' });
    await leave('demo-dead');
    const made = readdirSync(workspace);
    expect(made.length).toBeGreaterThan(0);
    const said = { exitCode: 0, stdout: 'placeholders and files of demo-dead\n', stderr: '' };
    expect(await prune('--dry-run')).toEqual(said);
    expect(readdirSync(workspace)).toEqual(made);
    expect(await prune()).toEqual(said);
    expect(readdirSync(workspace)).toEqual([]);
    expect(existsSync(join(runtime, '.bottles/demo-dead.json'))).toBe(false);
    await leave('demo-dead');
    expect(JSON.parse((await prune('--json')).stdout)).toEqual({
      bottles: [],
      images: [],
      leftovers: ['demo-dead'],
      sockets: 0,
    });
  });
});
