import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBuilt } from '../../support/built-command.js';

const token = 'export GITHUB_TOKEN=ghp_R4nd0mL00kingT0kenThatIsNobodys12345\n';
const costly = 'authorization: bearer '.repeat(3000);

describe('scan', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scan-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const scan = (args: readonly string[], input = '') =>
    runBuilt(['scan', ...args], { input, workingDirectory: folder });

  it.each([
    ['nothing', 'a line\n', 0, /^$/],
    ['something', token, 1, /^-:1: github-personal-access-token [\d.]+\n$/],
  ])('ends with its code when it found %s', async (_what, input, exitCode, stdout) => {
    const outcome = await scan([], input);
    expect(outcome).toEqual({ exitCode, stdout: expect.stringMatching(stdout), stderr: '' });
  });

  it('goes on after what it cannot look through, says what that is, and ends with 2', async () => {
    write('first', token);
    write('costly', `${token}${costly}`);
    write('last', `\n${token}`);
    mkdirSync(join(folder, 'folder'));
    const files = ['first', 'missing', 'costly', 'folder', 'last'];
    const { exitCode, stdout, stderr } = await scan(files);
    expect(stdout.match(/^\w+:\d+: github-personal-access-token/gm)).toEqual([
      'first:1: github-personal-access-token',
      'costly:1: github-personal-access-token',
      'last:2: github-personal-access-token',
    ]);
    expect(stderr.match(/^error: .*\n(?: {2}at .*)/gm)).toEqual([
      expect.stringMatching(/^error: can't read missing: ENOENT.*\n {2}at missing$/),
      expect.stringMatching(/^error: not all of it was looked through: .*\n {2}at costly$/),
      expect.stringMatching(/^error: can't read folder: EISDIR.*\n {2}at folder$/),
    ]);
    expect(exitCode).toBe(1);
    expect(await scan(['missing'])).toMatchObject({ exitCode: 2 });
    const json = await scan(['--json', ...files]);
    expect(JSON.parse(json.stdout).map(({ file }: { file: string }) => file)).toEqual([
      'first',
      'costly',
      'last',
    ]);
    expect(json).toMatchObject({ exitCode: 1, stderr });
  });

  it('shows control characters in names instead of sending them to the terminal', async () => {
    const name = 'a\u001b]0;title\u0007\nb';
    write(name, token);
    write(`${name}-costly`, costly);
    const { stdout, stderr } = await scan([name, `${name}-costly`, `${name}-missing`]);
    expect(stdout).toMatch(/^a\\x1b\]0;title\\x07\\x0ab:1: github-personal-access-token \S+\n$/);
    expect(stderr).not.toMatch(/[\u0007\u001b]|\nb/);
  });

  it('answers each line, and ends with 2 where one was not looked through and nothing found in the others', async () => {
    const good = '{"id":1,"text":"nothing"}\n';
    const row = (text: string) => `${JSON.stringify({ id: 2, text })}\n`;
    expect(await scan(['--jsonl'], `\u{feff}${good}`)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await scan(['--jsonl'], good + row(token))).toMatchObject({ exitCode: 1, stderr: '' });
    for (const bad of ['{broken\n', '{"id":1}\n', '{"text":"x","direction":"up"}\n', row(costly)]) {
      const { exitCode, stdout, stderr } = await scan(['--jsonl'], bad + row(token) + good);
      const answers = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(answers).toMatchObject([{ error: expect.any(String) }, { findings: [{}] }, { findings: [] }]);
      expect(stderr).toBe('lines that were not looked through, see their "error": 1\n');
      expect(exitCode).toBe(1);
      expect(await scan(['--jsonl'], bad + good)).toMatchObject({ exitCode: 2, stderr });
    }
  });

  it('reads every file of lines that it is given', async () => {
    write('one', '{"id":1,"text":"x"}\n');
    write('two', '{"id":2,"text":"x"}');
    const { exitCode, stdout } = await scan(['--jsonl', 'one', 'two']);
    expect(stdout).toBe('{"id":1,"findings":[]}\n{"id":2,"findings":[]}\n');
    expect(exitCode).toBe(0);
    expect(await scan(['--jsonl', 'one', 'missing'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: can't read missing: ENOENT/),
    });
  });
});
