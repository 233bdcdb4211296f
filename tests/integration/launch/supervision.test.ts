import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logFile, readLog } from '../../../src/host/store/database.js';
import { queryLog } from '../../../src/host/store/read.js';
import { openSupervision, type Supervision } from '../../../src/launch/supervision.js';
import { plainPlan as plan } from '../../support/plain-plan.js';

let folder = '';
let environment: Readonly<Record<string, string>> = {};
let told = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervision-'));
  environment = { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder };
  told = '';
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the log says of a bottle that went this way. */
async function logOf(course: (supervision: Supervision) => Promise<void>): Promise<string[]> {
  {
    await using supervision = openSupervision(plan, environment, (text) => {
      told += text;
    });
    await course(supervision);
  }
  const database = await readLog(logFile(environment));
  if (!database) return [];
  try {
    return [...queryLog(database, {})].map(({ kind, body }) =>
      kind === 'bottle-started' ? kind : `${kind} ${body}`,
    );
  } finally {
    database.close();
  }
}

describe('a sidecar that ends', () => {
  test('while the agent runs is told of and logged, with what it said of it', async () => {
    const log = await logOf(async ({ begin, follow, listener }) => {
      await begin();
      let end = (_code: number) => {};
      const followed = follow(
        new Promise((resolve) => {
          end = resolve;
        }),
      );
      listener.onMessage({ type: 'fatal', message: 'internal error: TypeError \u001b[2J' });
      listener.onClose();
      end(7);
      expect(await followed).toBe(7);
    });
    expect(told).toBe(
      'bot-bottle: the sidecar ended (internal error: TypeError \\x1b[2J): the agent runs on, but nothing can leave the bottle any more\n',
    );
    expect(log).toEqual([
      'bottle-started',
      'sidecar-ended {"reason":"internal error: TypeError \\u001b[2J"}',
      'bottle-ended {"exitCode":7}',
    ]);
  });

  test('between the agent’s start and the opening of the log is told of too', async () => {
    const log = await logOf(async ({ begin, follow, listener }) => {
      listener.onClose();
      await begin();
      expect(await follow(Promise.resolve(0))).toBe(0);
    });
    expect(told).toBe(
      'bot-bottle: the sidecar ended: the agent runs on, but nothing can leave the bottle any more\n',
    );
    expect(log).toEqual(['bottle-started', 'sidecar-ended {"reason":null}', 'bottle-ended {"exitCode":0}']);
  });

  test('after the agent, as ever, is no news; nor is one whose start failed', async () => {
    const log = await logOf(async ({ begin, follow, listener }) => {
      await begin();
      await follow(Promise.resolve(0));
      listener.onClose();
    });
    expect(log).toEqual(['bottle-started', 'bottle-ended {"exitCode":0}']);
    await logOf(async ({ begin, follow, listener }) => {
      await begin();
      await expect(follow(Promise.reject(new Error('the engine is gone')))).rejects.toThrow('engine');
      listener.onClose();
    });
    await logOf(async ({ listener }) => listener.onClose());
    expect(told).toBe('');
  });
});
