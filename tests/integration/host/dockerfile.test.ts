import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDockerfile } from '../../../src/host/dockerfile.js';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'dockerfile-')));
  for (const name of ['images', 'project/image']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'images/Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(folder, 'project/image/Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const find = (path: string, workspace: string | null = join(folder, 'project')) =>
  findDockerfile({ path: join(folder, path), where: 'bottles/web.md:2:30' }, workspace);

describe("a bottle's own Dockerfile", () => {
  it('is found by its real path', () => {
    symlinkSync('images', join(folder, 'link'));
    expect(find('link/Dockerfile')).toBe(join(folder, 'images/Dockerfile'));
  });

  it.each(['none/Dockerfile', 'images'])('is no %s', (path) => {
    expect(() => find(path)).toThrow(/can't be read|not a plain file/);
  });

  it('is not where the agent writes, also through a link, nor above it', () => {
    symlinkSync('project/image', join(folder, 'disguise'));
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    for (const path of ['project/image/Dockerfile', 'disguise/Dockerfile', 'Dockerfile'])
      expect(() => find(path), path).toThrow(/workspace/);
    expect(() => find('images/Dockerfile', join(folder, 'images/inner'))).toThrow(/workspace/);
  });

  it('may be there where the agent works on a copy', () => {
    expect(find('project/image/Dockerfile', null)).toBe(join(folder, 'project/image/Dockerfile'));
  });
});
