import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logFile } from '../../../src/host/store/database.js';
import { createRecorder } from '../../../src/host/store/recorder.js';
import { runBuilt, runBuiltOver } from '../../support/built-command.js';
import { hasProgram, needs, runsAsRoot } from '../../support/needs.js';

const nothingYet = {
  exitCode: 0,
  stdout: '',
  stderr: 'there is no log yet: it begins with the first bottle\n',
};

describe('log', () => {
  let folder = '';
  let options = { environment: {} };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-command-'));
    options = { environment: { ...process.env, XDG_STATE_HOME: folder } };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const log = (...args: readonly string[]) => runBuilt(['log', ...args], options);
  const write = async (): Promise<void> => {
    await using recorder = createRecorder({
      file: logFile(options.environment),
      bottle: 'demo-0001',
      retention: { age: Number.MAX_SAFE_INTEGER, size: Number.MAX_SAFE_INTEGER },
      tell: () => {},
    });
    const entry = { time: 1000, kind: 'request', body: '{"host":"api.example.com"}' } as const;
    recorder.begin({ ...entry, verdict: 'refused' });
    recorder.record({ ...entry, verdict: 'allowed' });
  };

  it.each([[[]], [['--json']], [['--verify']], [['--verify', '--json']], [['--verdict', 'refused']]])(
    'with %j says that there is none before any bottle ran',
    async (args) => {
      expect(await log(...args)).toEqual(nothingYet);
    },
  );

  it('prints what is asked for, and says when nothing is', async () => {
    await write();
    const { exitCode, stdout, stderr } = await log('--verdict', 'refused');
    expect(stdout).toMatch(/^\S+ \S+ {2}demo-0001 {2}refused {2}\s?api\.example\.com\s*\n$/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await log('--verdict', 'failed', '--json')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'the log has no such entry\n',
    });
  });

  it.each(['denied', 'Refused', 'decided', ''])(
    'refuses the unknown verdict %j, and names the others',
    async (word) => {
      await write();
      const { exitCode, stdout, stderr } = await log('--verdict', word);
      expect(stderr).toMatch(
        /^error: .*--verdict.*allowed, refused, failed, held, approve-once, .*timed-out/,
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    },
  );

  it('--verify is 0 for a whole log, and 1 where nothing names its end', async () => {
    await write();
    expect(await log('--verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^whole: 2 entries/),
    });
    rmSync(`${logFile(options.environment)}.head`);
    const { exitCode, stdout } = await log('--verify');
    expect(stdout).toMatch(
      /^not whole: entry 3 may be missing: log\.sqlite\.head.* a cut end would not show; the 2 entries up to 2:/,
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse((await log('--verify', '--json')).stdout)).toMatchObject({ ok: false, sequence: 3 });
    await write();
    expect(await log('--verify')).toMatchObject({ exitCode: 0 });
  });

  it('says how to mend a file that is no log, and --verify is 1', async () => {
    await write();
    writeFileSync(logFile(options.environment), 'this is no database, and never was one'.repeat(100));
    const shown = await log();
    expect(shown.stderr).toMatch(
      /^error: the log can't be read \(SQLITE_NOTADB\).*fix: move the file and log.sqlite.head away/s,
    );
    expect(shown.exitCode).toBe(3);
    expect(await log('--verify')).toMatchObject({
      exitCode: 1,
      stdout: 'not whole: the file is damaged (SQLITE_NOTADB)\n',
    });
  });

  const mayMount = runsAsRoot && hasProgram('unshare') && hasProgram('mount');
  needs('root, unshare and mount', mayMount, 'with a database library of another Node', () => {
    it('asks for another build, and nobody to move the log away', async () => {
      await write();
      const library = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
      const native = join(library, 'build/Release/better_sqlite3.node');
      for (const args of [[], ['--verify']]) {
        const outcome = await runBuiltOver({ [native]: import.meta.filename }, ['log', ...args], options);
        expect(outcome.stderr).toMatch(
          /^error: the log can't be read: better-sqlite3.*Node.*fix: .*npm rebuild/s,
        );
        expect(outcome.stderr).not.toContain('move');
        expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
      }
    });
  });
});
