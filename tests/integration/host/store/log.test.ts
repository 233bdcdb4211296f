import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { append } from '../../../../src/host/store/append.js';
import type { Verification } from '../../../../src/host/store/chain.js';
import { readLog } from '../../../../src/host/store/database.js';
import { readHead } from '../../../../src/host/store/head-file.js';
import { prune } from '../../../../src/host/store/prune.js';
import { queryLog, verifyLog } from '../../../../src/host/store/read.js';
import { createRecorder, type Recorder } from '../../../../src/host/store/recorder.js';
import { needs, runsAsRoot } from '../../../support/needs.js';
import { buildProgram, type Program } from '../../../support/program.js';

const keepAll = { age: Number.MAX_SAFE_INTEGER, size: Number.MAX_SAFE_INTEGER };
let folder = '';
let file = '';
let told = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  file = join(folder, 'bot-bottle', 'log.sqlite');
  told = '';
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function recorder(bottle = 'demo-0001', retention = keepAll): Recorder {
  const made = createRecorder({
    file,
    bottle,
    retention,
    tell: (text) => {
      told += text;
    },
  });
  // The first of the entries that a test counts.
  made.begin(request(0));
  return made;
}

const request = (number: number, verdict = 'allowed') => ({
  time: 1000 + number,
  kind: 'request' as const,
  verdict,
  body: JSON.stringify({ request: number }),
});

async function write(count: number, bottle?: string): Promise<void> {
  await using writer = recorder(bottle);
  for (let number = 1; number < count; number += 1) writer.record(request(number));
}

async function verify(): Promise<Verification> {
  const database = await readLog(file);
  if (!database) throw new Error('there is no log');
  const head = readHead(file);
  try {
    return verifyLog(database, head ? [head] : []);
  } finally {
    database.close();
  }
}

function change(sql: string): void {
  const database = new Sqlite(file);
  database.exec(sql);
  database.close();
}

describe('the log', () => {
  test('holds what was recorded, in its order, for its user alone', async () => {
    await write(3);
    await write(2, 'other-0002');
    const database = await readLog(file);
    const entries = database ? [...queryLog(database, {})] : [];
    database?.close();
    expect(entries.map(({ sequence, bottle, body }) => [sequence, bottle, JSON.parse(body).request])).toEqual(
      [
        [1, 'demo-0001', 0],
        [2, 'demo-0001', 1],
        [3, 'demo-0001', 2],
        [4, 'other-0002', 0],
        [5, 'other-0002', 1],
      ],
    );
    expect(await verify()).toMatchObject({ ok: true, entries: 5, head: { sequence: 5 } });
    expect((await stat(join(folder, 'bot-bottle'))).mode & 0o777).toBe(0o700);
    for (const name of ['log.sqlite', 'log.sqlite.head']) {
      expect((await stat(join(folder, 'bot-bottle', name))).mode & 0o077).toBe(0);
    }
  });

  test('is asked by bottle, agent, time, verdict and kind', async () => {
    await write(3);
    await write(3, 'demo-x-0002');
    await using writer = recorder();
    await writer.commit({ ...request(9, 'refused'), time: 5000 });
    const database = await readLog(file);
    const ask = (query: Parameters<typeof queryLog>[1]) =>
      database ? [...queryLog(database, query)].map(({ sequence }) => sequence) : [];
    expect(ask({ bottle: 'demo' })).toEqual([1, 2, 3, 7, 8]);
    expect(ask({ bottle: 'demo-x-0002' })).toEqual([4, 5, 6]);
    expect(ask({ bottle: 'd*' })).toEqual([]);
    expect(ask({ since: 1002 })).toEqual([3, 6, 8]);
    expect(ask({ verdict: 'refused' })).toEqual([8]);
    expect(ask({ kinds: ['proposal'] })).toEqual([]);
    expect(ask({ last: 2 })).toEqual([7, 8]);
    database?.close();
  });

  test.each([
    ['a changed field', "UPDATE log SET verdict = 'refused' WHERE sequence = 4", 4],
    ['a changed body', `UPDATE log SET body = '{"request":99}' WHERE sequence = 10`, 10],
    ['a missing row', 'DELETE FROM log WHERE sequence = 5', 5],
    ['a missing beginning', 'DELETE FROM log WHERE sequence <= 3', 1],
    [
      'reordered rows',
      'UPDATE log SET sequence = 100 WHERE sequence = 2; UPDATE log SET sequence = 2 WHERE sequence = 3; UPDATE log SET sequence = 3 WHERE sequence = 100',
      2,
    ],
    ['a cut tail', 'DELETE FROM log WHERE sequence > 7', 8],
    ['an emptied log', 'DELETE FROM log', 1],
  ])('shows %s', async (_name, sql, sequence) => {
    await write(10);
    expect((await verify()).ok).toBe(true);
    change(sql);
    expect(await verify()).toMatchObject({ ok: false, sequence });
  });

  test.each([
    ['a cut tail', 'DELETE FROM log WHERE sequence > 7', 8],
    ['an emptied log', 'DELETE FROM log', 1],
  ])('shows %s also when others have written after it', async (_name, sql, sequence) => {
    await write(10);
    change(sql);
    await write(10, 'other-0002');
    await write(2);
    expect(await verify()).toMatchObject({ ok: false, sequence });
    const database = await readLog(file);
    const missing = database ? [...queryLog(database, { kinds: ['entries-missing'] })] : [];
    database?.close();
    expect(missing.map((entry) => [entry.sequence, JSON.parse(entry.body).sequence])).toEqual([
      [sequence, 10],
    ]);
  });

  test('is chained over several writers at once', async () => {
    await using program = await buildProgram('write-log');
    const writers = ['one-0001', 'two-0002', 'three-0003'].map((bottle) => startWriter(program, bottle));
    await Promise.all(writers.map(({ reached }) => reached(300)));
    await Promise.all(writers.map(({ kill }) => kill()));
    const result = await verify();
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.entries).toBeGreaterThanOrEqual(3 * 330);
    expect(writers.map(({ complaints }) => complaints())).toEqual(['', '', '']);
  });
});

interface Writer {
  readonly reached: (count: number) => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly said: () => number;
  readonly complaints: () => string;
}

function startWriter(program: Program, bottle: string): Writer {
  const child: ChildProcess = spawn(process.execPath, [program.file, file, bottle], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  let said = 0;
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints += chunk;
  });
  const lines = child.stdout ? createInterface({ input: child.stdout }) : null;
  lines?.on('line', (line) => {
    said = Number(line);
  });
  return {
    said: () => said,
    complaints: () => complaints,
    reached: async (count) => {
      while (said < count) if (lines) await once(lines, 'line');
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('a writer killed in the midst of its work', () => {
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram('write-log');
  });
  afterAll(() => program[Symbol.asyncDispose]());

  test('leaves a whole chain with all that it said was in, ten times in a row', async () => {
    let committed = 0;
    for (let round = 1; round <= 10; round += 1) {
      const writer = startWriter(program, 'demo-0001');
      await writer.reached(10 + round * 7);
      await writer.kill();
      committed += writer.said() + writer.said() / 10;
      const result = await verify();
      expect(result.ok).toBe(true);
      expect(result.ok && result.entries).toBeGreaterThanOrEqual(committed);
      committed = result.ok ? result.entries : 0;
    }
  });
});

describe('pruning', () => {
  test('by age deletes the oldest, and the rest still proves itself', async () => {
    await write(100);
    const database = new Sqlite(file);
    expect(prune(database, { age: 1000, size: keepAll.size }, 2050)).toBe(true);
    expect(prune(database, { age: 1000, size: keepAll.size }, 2050)).toBe(false);
    database.close();
    expect(await verify()).toMatchObject({ ok: true, entries: 51, prunedThrough: 50 });
    await write(5);
    expect(await verify()).toMatchObject({ ok: true, entries: 56 });
    change('DELETE FROM log WHERE sequence = 51');
    expect(await verify()).toMatchObject({ ok: false, sequence: 51 });
  });

  test('by age keeps what was written before a clock was wrong', async () => {
    await write(100);
    const database = new Sqlite(file);
    append(database, [{ ...request(0), time: 5, bottle: 'demo-0001' }]);
    append(database, [{ ...request(200), bottle: 'demo-0001' }]);
    expect(prune(database, { age: 1000, size: keepAll.size }, 2010)).toBe(true);
    expect(prune(database, { age: 1000, size: keepAll.size }, 2010)).toBe(false);
    database.close();
    expect(await verify()).toMatchObject({ ok: true, prunedThrough: 10 });
  });

  test('by size keeps the file within its bound, however much is written', async () => {
    const size = 1024 * 1024;
    await using writer = recorder('demo-0001', { age: keepAll.age, size });
    for (let round = 0; round < 60; round += 1) {
      for (let number = 0; number < 500; number += 1) writer.record(request(number));
      expect(await writer.commit(request(0))).toBe(true);
    }
    expect(told).toBe('');
    const result = await verify();
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.prunedThrough).toBeGreaterThan(10_000);
    expect((await stat(file)).size).toBeLessThan(2 * size);
  });
});

describe('a log that cannot be written', () => {
  test('because the file is no database: says so once, commits nothing, and goes on when it is mended', async () => {
    await mkdir(join(folder, 'bot-bottle'));
    await writeFile(file, 'this is no database, and never was one'.repeat(100));
    await using writer = recorder();
    expect(await writer.commit(request(1))).toBe(false);
    expect(await writer.commit(request(2))).toBe(false);
    expect(told.match(/can't be written \(SQLITE_NOTADB\)/g)).toHaveLength(1);
    expect(await readFile(file, 'latin1')).toContain('never was one');
    await rm(file);
    expect(await writer.commit(request(3))).toBe(true);
    expect(told).toContain('is written again');
    expect(await verify()).toMatchObject({ ok: true, entries: 4 });
  });

  test('because another process holds it: commits once it is let go', async () => {
    await write(1);
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    await using writer = recorder();
    expect(await writer.commit(request(2))).toBe(false);
    expect(told).toContain('SQLITE_BUSY');
    other.exec('ROLLBACK');
    other.close();
    expect(await writer.commit(request(3))).toBe(true);
    expect(await verify()).toMatchObject({ ok: true, entries: 4 });
  });

  test('because another version wrote it: leaves it as it is', async () => {
    await write(1);
    change('PRAGMA user_version = 99');
    await using writer = recorder();
    expect(await writer.commit(request(2))).toBe(false);
    await expect(readLog(file)).rejects.toMatchObject({ code: 'host-not-ready' });
    change('PRAGMA user_version = 1');
    expect(await verify()).toMatchObject({ ok: true, entries: 1 });
  });
});

needs('root, to mount a small disk', runsAsRoot, 'a full disk', () => {
  test('commits nothing, says so, loses no entry that was in, and goes on when there is room', async () => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
    expect(mounted.status).toBe(0);
    try {
      await write(10);
      const ballast = join(folder, 'ballast');
      await writeFile(ballast, Buffer.alloc(1024 * 1024)).catch(() => {});
      {
        await using writer = recorder();
        let committed = true;
        for (let number = 0; number < 2000 && committed; number += 1) {
          committed = await writer.commit({
            ...request(number),
            body: JSON.stringify({ filler: 'x'.repeat(2000) }),
          });
        }
        expect(committed).toBe(false);
        expect(told).toMatch(/can't be written/);
        await rm(ballast);
        expect(await writer.commit(request(1))).toBe(true);
        expect(told).toContain('is written again');
      }
      const result = await verify();
      expect(result).toMatchObject({ ok: true });
      expect(result.ok && result.entries).toBeGreaterThanOrEqual(12);
    } finally {
      spawnSync('umount', [folder]);
    }
  });
});
