import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '../../../src/host/store/append.js';
import { logFile, openLog } from '../../../src/host/store/database.js';
import { cli } from '../../support/built-command.js';

describe('output that cannot be written', () => {
  let folder = '';
  const environment = () => ({
    ...process.env,
    BOT_BOTTLE_HOME: folder,
    BOT_BOTTLE_BACKEND: 'bubblewrap',
    XDG_STATE_HOME: folder,
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'output-'));
    for (const name of ['bottles', 'agents', 'workspace']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'bottles/one.md'), '---\negress: {routes: [{host: api.example.com}]}\n---\n');
    writeFileSync(join(folder, 'agents/one.md'), '---\nbottle: one\n---\n');
    writeFileSync(join(folder, 'texts.jsonl'), '{"id":1,"text":"nothing"}\n');
    writeFileSync(join(folder, 'text'), 'export GITHUB_TOKEN=ghp_R4nd0mL00kingT0kenThatIsNobodys12345\n');
    const database = await openLog(logFile(environment()));
    append(database, [
      { time: 0, bottle: 'one-1a2b', kind: 'bottle-ended', verdict: null, body: '{"exitCode":0}' },
    ]);
    database.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts once it has read a line: until then its output can be taken away. */
  const start = (args: readonly string[], output: 'pipe' | number) => {
    const child = spawn('bash', ['-c', 'read -r && exec "$@"', 'wait', process.execPath, cli, ...args], {
      cwd: folder,
      env: environment(),
      stdio: ['pipe', output, 'pipe'],
    });
    const ended = Promise.all([once(child, 'close'), text(child.stderr as Readable)]);
    return { child, ended: ended.then(([[code], stderr]) => ({ code, stderr })) };
  };

  const commands = [
    ['--help'],
    ['help'],
    ['help', 'start'],
    ['start', '--help'],
    ['start', 'one', '--workspace', 'workspace', '--dry-run'],
    ['start', 'one', '--workspace', 'workspace', '--dry-run', '--json'],
    ['routes', 'one'],
    ['explain', 'GET', 'https://api.example.com/', '--agent', 'one'],
    ['validate'],
    ['validate', '--json'],
    ['doctor'],
    ['ps'],
    ['log'],
    ['log', '--json'],
    ['log', '--verify'],
    ['scan', 'text'],
    ['scan', '--jsonl', 'texts.jsonl'],
    ['proposals', '--json'],
  ];

  it.each(commands.map((args) => [args.join(' '), args] as const))(
    '%s ends quietly when its reader is gone',
    async (_name, args) => {
      const { child, ended } = start(args, 'pipe');
      child.stdout?.destroy();
      if (child.stdout) await once(child.stdout, 'close');
      child.stdin?.end('\n');
      expect(await ended).toEqual({ code: 141, stderr: '' });
    },
  );

  it.each(commands.map((args) => [args.join(' '), args] as const))(
    '%s says it in one line when there is no room',
    async (_name, args) => {
      const full = openSync('/dev/full', 'w');
      const { child, ended } = start(args, full);
      closeSync(full);
      child.stdin?.end('\n');
      const { code, stderr } = await ended;
      expect(stderr).toMatch(
        /^error: the output can't be written: ENOSPC.*\(host-not-ready\)\n {2}at standard output\n {2}fix: .*\n$/,
      );
      expect(code).toBe(3);
    },
  );
});
