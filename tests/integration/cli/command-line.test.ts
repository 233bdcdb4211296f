import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/plan/ports.js';
import { root, runBuilt, runBuiltOver } from '../../support/built-command.js';
import { findPrograms, hasProgram, needs, runsAsRoot } from '../../support/needs.js';

const secret = 'the-value-that-is-nowhere-printed';

describe('the command line', () => {
  let folder = '';
  const environment = () => ({
    ...process.env,
    BOT_BOTTLE_HOME: folder,
    BOT_BOTTLE_BACKEND: '',
    API_TOKEN: secret,
  });
  const run = (...args: readonly string[]): Promise<RunResult> =>
    runBuilt(args, { environment: environment(), workingDirectory: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'command-line-'));
    await mkdir(join(folder, 'bottles'));
    await mkdir(join(folder, 'agents'));
    await mkdir(join(folder, 'workspace'));
    const route =
      '{host: api.example.com, auth: {scheme: Bearer, token_ref: API_TOKEN}, matches: [{methods: [GET]}]}';
    await writeFile(join(folder, 'bottles/reading.md'), `---\negress:\n  routes:\n    - ${route}\n---\n`);
    await writeFile(join(folder, 'agents/reader.md'), '---\nbottle: reading\n---\nRead.\n');
    await writeFile(
      join(folder, 'bottles/missing.md'),
      `---\negress:\n  routes:\n    - ${route.replace('API_TOKEN', 'NOT_SET_ANYWHERE')}\n---\n`,
    );
    await writeFile(join(folder, 'agents/forgetful.md'), '---\nbottle: missing\n---\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    [
      '--workspace-mode copy',
      ['start', 'reader', '--workspace-mode', 'copy'],
      /a copy of the workspace is asked for.*--workspace-mode.*--backend docker/s,
    ],
    ['--runtime', ['start', 'reader', '--runtime', 'runsc'], /a runtime is asked for.*--backend docker/s],
    ['docker.runtime', ['start', 'walled'], /the runtime runsc is asked for.*walled.md:2:19/s],
    ['agent_provider.dockerfile', ['start', 'built'], /an image of its own.*built.md:2:30/s],
  ])('refuses %s on a backend without containers, also in a dry run', async (_name, args, expected) => {
    await writeFile(join(folder, 'bottles/walled.md'), '---\ndocker: {runtime: runsc}\n---\n');
    await writeFile(join(folder, 'bottles/built.md'), '---\nagent_provider: {dockerfile: none}\n---\n');
    for (const name of ['walled', 'built'])
      await writeFile(join(folder, `agents/${name}.md`), `---\nbottle: ${name}\n---\n`);
    const workspace = ['--workspace', join(folder, 'workspace'), '--backend', 'bubblewrap', '--dry-run'];
    const { exitCode, stderr } = await run(...args, ...workspace);
    expect(stderr).toMatch(expected);
    expect(exitCode).toBe(2);
  });

  it('takes name servers by their addresses, and refuses what is none', async () => {
    const plan = (servers: string) =>
      runBuilt(['start', 'reader', '--workspace', 'workspace', '--dry-run', '--json'], {
        environment: { ...environment(), BOT_BOTTLE_NAME_SERVERS: servers },
        workingDirectory: folder,
      });
    const good = ['192.0.2.1', '192.0.2.1:5353', '2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:5353'];
    expect(JSON.parse((await plan(good.join(', '))).stdout).nameServers).toEqual(good);
    for (const bad of ['foo', '192.0.2', '192.0.2.1:0', '192.0.2.1:65536', '[192.0.2.1]', '2001:db8::1:x']) {
      const { exitCode, stdout, stderr } = await plan(`192.0.2.1,${bad}`);
      expect(stderr).toContain(`error: BOT_BOTTLE_NAME_SERVERS names ${bad}, which is no address (usage)`);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    }
  });

  it('lists every command in its help', async () => {
    const { exitCode, stdout } = await run('--help');
    expect(exitCode).toBe(0);
    const files = await readdir(join(root, 'src/commands'));
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.includes('.generated.'))) {
      expect(stdout).toContain(`  ${file.replace('.ts', '')} `);
    }
  });

  it('explains each command with an example or a note', async () => {
    const files = await readdir(join(root, 'src/commands'));
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.includes('.generated.'))) {
      const { exitCode, stdout } = await run(file.replace('.ts', ''), '--help');
      expect(exitCode, file).toBe(0);
      expect(stdout, file).toMatch(/Examples:|Exit code|\n[A-Z].*\n/);
    }
  });

  it.each([
    ['an unknown command', ['strat'], /unknown command 'strat'.*start/s],
    ['help on an unknown command', ['help', 'strat'], /unknown command 'strat'.*start/s],
    ['an unknown command with --help', ['strat', '--help'], /unknown command 'strat'.*start/s],
    ['an unknown option', ['start', 'reader', '--bakend', 'x'], /unknown option/],
    ['a missing argument', ['start'], /missing required argument/],
    ['an unknown agent', ['start', 'raeder'], /raeder.*reader/s],
    ['an unknown backend', ['start', 'reader', '--backend', 'xen'], /no backend 'xen'.*bubblewrap/s],
    [
      'a workspace that is not there',
      ['start', 'reader', '--workspace', '/no/such'],
      /workspace.*--workspace/s,
    ],
    [
      'a secret without a value',
      ['start', 'forgetful', '--workspace', 'workspace', '--', 'true'],
      /NOT_SET_ANYWHERE.*is not set.*export/s,
    ],
  ])('answers %s in one shape, with exit code 2 and no stack trace', async (_what, args, expected) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^error: .+\n/);
    expect(stderr).toMatch(/\n {2}fix: .+\n$/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(await run('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [['help'], 'Usage: bot-bottle COMMAND'],
    [['help', 'start'], 'Usage: bot-bottle start'],
    [['help', '--help'], 'Usage: bot-bottle COMMAND'],
  ])('shows help for %j', async (args, beginning) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stdout.slice(0, beginning.length)).toBe(beginning);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('says in an old Node that it is too old, before it loads anything', async () => {
    const old =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })";
    const { exitCode, stdout, stderr } = await runBuilt(['--help'], {
      environment: {
        ...process.env,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(old)}`,
      },
    });
    expect(stderr).toMatch(
      /^error: Node 20\.\d+ or newer is needed, and this is 18\.20\.4 \(host-not-ready\)\n {2}fix: .*\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  });

  it('prints its help and ends with 2 when nothing is asked', async () => {
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('First steps:');
  });

  it('prints a plan without the value of any secret', async () => {
    const text = await run('start', 'reader', '--workspace', 'workspace', '--dry-run', '--', 'echo', "it's");
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain('GET any path; adds Authorization: Bearer $API_TOKEN');
    expect(text.stdout).toContain(`echo 'it'\\''s'`);
    const json = await run('start', 'reader', '--workspace', 'workspace', '--dry-run', '--json');
    const plan = JSON.parse(json.stdout);
    expect(plan.secrets).toMatchObject([{ name: 'API_TOKEN', environmentVariable: 'API_TOKEN' }]);
    expect(plan.command).toEqual(['/bin/bash']);
    expect(text.stdout + json.stdout + text.stderr + json.stderr).not.toContain(secret);
  });

  it('shows control characters in names instead of sending them to the terminal', async () => {
    const { stderr } = await run('start', 'a\u001b]0;title\u0007', '--workspace', 'work\u001b[2Jspace');
    expect(stderr).toContain('error: ');
    expect(stderr).not.toMatch(/[\u0007\u001b]/);
  });

  it('takes no bottles of the folder it runs in for the user’s own when HOME is empty', async () => {
    const code = join(folder, 'code');
    for (const name of ['.bot-bottle/bottles', '.bot-bottle/agents', 'part'])
      await mkdir(join(code, name), { recursive: true });
    await writeFile(join(code, '.bot-bottle/bottles/lure.md'), '---\nenv: {A: b}\n---\n');
    await writeFile(join(code, '.bot-bottle/agents/lured.md'), '---\nbottle: lure\n---\n');
    for (const HOME of ['', '.']) {
      const { exitCode, stdout } = await runBuilt(['start', 'lured', '--workspace', 'part', '--dry-run'], {
        environment: { ...process.env, HOME, BOT_BOTTLE_HOME: '', BOT_BOTTLE_BACKEND: 'bubblewrap' },
        workingDirectory: code,
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    }
  });

  needs('root', runsAsRoot, 'run by root', () => {
    it('takes no manifests of another user', async () => {
      const foreign = join(folder, 'foreign');
      await mkdir(foreign, { mode: 0o755 });
      await chown(foreign, 1234, 1234);
      const { exitCode, stderr } = await runBuilt(['validate'], {
        environment: { ...process.env, BOT_BOTTLE_HOME: foreign },
      });
      expect(stderr).toContain('belongs to another user');
      expect(exitCode).toBe(2);
    });
  });

  const mayHide = runsAsRoot && hasProgram('unshare') && hasProgram('mount');
  needs('root, unshare and mount', mayHide, 'start without bubblewrap', () => {
    it('says so, and leaves the workspace as it was', async () => {
      const start = ['start', 'reader', '--workspace', 'workspace', '--backend', 'bubblewrap', '--', 'true'];
      const { exitCode, stdout, stderr } = await runBuiltOver(
        Object.fromEntries(findPrograms('bwrap').map((path) => [path, '/dev/null'])),
        start,
        { environment: environment(), workingDirectory: folder },
      );
      expect(stderr).toBe(
        'error: bubblewrap is not installed (host-not-ready)\n  fix: sudo apt-get install -y bubblewrap\n',
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(await readdir(join(folder, 'workspace'))).toEqual([]);
    });
  });

  it('explains a request by the rules that would decide it', async () => {
    const allowed = await run('explain', 'GET', 'https://api.example.com/v1', '--agent', 'reader', '--json');
    expect(allowed.exitCode).toBe(0);
    expect(JSON.parse(allowed.stdout)).toMatchObject({ allowed: true, route: 'api.example.com' });
    const refused = await run('explain', 'PUT', 'https://api.example.com/v1', '--agent', 'reader');
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(/matches refuses: method-not-allowed.*to allow it:/s);
    const hidden = await run('explain', 'GET', 'https://api.example.com/a/%2e%2e/b', '--agent', 'reader');
    expect(hidden.stdout).toContain('path-not-canonical');
    const user = await run('explain', 'GET', 'https://u:p@api.example.com/', '--agent', 'reader');
    expect(user.stdout).toMatch(/^refused; route none\n {2}host refuses: malformed-authority, a user before/);
    const odd = await run('explain', 'G T', 'https://api.example.com/', '--agent', 'reader');
    expect(odd.stdout).toMatch(/^refused; route none\n {2}request refuses: malformed-request/);
  });

  it('explains a request by what each detector finds in it, without the value', async () => {
    const value = `ghp_${'x9Kd2LmQ7vRt4WnB'.repeat(3).slice(0, 36)}`;
    const arguments_ = ['GET', `https://api.example.com/v1?key=${value}`, '--agent', 'reader'];
    const { exitCode, stdout } = await run('explain', ...arguments_);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^held for the operator; route api\.example\.com\n/);
    expect(stdout).toMatch(/token_patterns finds\n {4}\S+ in query: /);
    expect(stdout).toContain('crlf finds nothing');
    expect(stdout).not.toContain(value.slice(4));
    const broken = await run('explain', 'GET', 'https://api.example.com/v1%0d%0ax', '--agent', 'reader');
    expect(broken.stdout).toMatch(/^refused;/);
  });

  it('says what each backend needs, for a program too', async () => {
    const { exitCode, stdout } = await run('doctor', '--json');
    const { backends } = JSON.parse(stdout);
    expect(backends.map(({ backend }: { backend: string }) => backend)).toContain('bubblewrap');
    for (const { usable, problems } of backends) {
      if (!usable)
        expect(problems[0]).toMatchObject({ message: expect.any(String), mend: expect.any(String) });
    }
    expect(exitCode).toBe(backends.some(({ usable }: { usable: boolean }) => usable) ? 0 : 3);
  });
});
