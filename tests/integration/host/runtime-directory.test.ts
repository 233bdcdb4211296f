import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntimeDirectory, runtimeRoot } from '../../../src/host/runtime-directory.js';

describe('runtime directory', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runtime-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is private and gone afterwards', async () => {
    let path = '';
    {
      await using directory = await createRuntimeDirectory('one-abcd', join(folder, 'root'));
      path = directory.path;
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    }
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('lies at a place that leaves room for a socket name', () => {
    expect(runtimeRoot({}).length).toBeLessThan(60);
  });

  it('refuses a root that others may enter', async () => {
    await mkdir(join(folder, 'root'));
    await chmod(join(folder, 'root'), 0o777);
    await expect(createRuntimeDirectory('one-abcd', join(folder, 'root'))).rejects.toMatchObject({
      code: 'host-not-ready',
    });
  });
});
