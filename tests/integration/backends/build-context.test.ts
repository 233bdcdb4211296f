import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archive, digestOf, readFolder } from '../../../src/backends/docker/build-context.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'context-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { mode: 0o644 });
}

const paths = async () => (await readFolder(folder)).map(({ path }) => path);
const digest = async () => digestOf(await readFolder(folder), ['FROM scratch']);

describe('what is sent for a build', () => {
  it('is the folder but what .dockerignore names, with its exceptions', async () => {
    for (const path of ['Dockerfile', 'a/b.txt', 'a/keep.txt', 'node_modules/x.js', '.env', 'deep/er/.env'])
      write(path);
    expect(await paths()).toEqual([
      '.env',
      'Dockerfile',
      'a/b.txt',
      'a/keep.txt',
      'deep/er/.env',
      'node_modules/x.js',
    ]);
    write('.dockerignore', '# secrets\n**/.env\na\n!a/keep.txt\nnode_modules\n');
    expect(await paths()).toEqual(['.dockerignore', 'Dockerfile', 'a/keep.txt']);
  });

  it('has links as links, wherever they lead', async () => {
    write('Dockerfile');
    symlinkSync('/etc/shadow', join(folder, 'away'));
    const files = await readFolder(folder);
    expect(files.find(({ path }) => path === 'away')).toEqual({
      path: 'away',
      content: '',
      link: '/etc/shadow',
    });
    const entries: [string, string | null | undefined, string | null | undefined][] = [];
    const reader = extract();
    reader.on('entry', ({ name, type, linkname }, stream, next) => {
      entries.push([name, type, linkname]);
      stream.resume().on('end', next);
    });
    Readable.from([await archive(files)]).pipe(reader);
    await new Promise<void>((resolve) => reader.on('finish', () => resolve()));
    expect(entries).toEqual([
      ['Dockerfile', 'file', null],
      ['away', 'symlink', '/etc/shadow'],
    ]);
  });

  it('has another digest with any change of it, and the same without', async () => {
    write('Dockerfile');
    write('a/b.txt');
    write('ignored');
    write('.dockerignore', 'ignored\n');
    const before = await digest();
    write('ignored', 'changed');
    expect(await digest()).toBe(before);
    const seen = new Set([before]);
    const changes: (() => void)[] = [
      () => write('a/b.txt', 'changed'),
      () => chmodSync(join(folder, 'a/b.txt'), 0o755),
      () => write('a/c.txt', ''),
      () => symlinkSync('b.txt', join(folder, 'a/link')),
      () => {
        rmSync(join(folder, 'a/link'));
        symlinkSync('c.txt', join(folder, 'a/link'));
      },
    ];
    for (const change of changes) {
      change();
      seen.add(await digest());
    }
    expect(seen.size).toBe(changes.length + 1);
  });

  it('is refused where it is more than memory should hold', async () => {
    write('Dockerfile');
    writeFileSync(join(folder, 'large'), Buffer.alloc(65 * 2 ** 20));
    await expect(readFolder(folder)).rejects.toThrow(/64 MB/);
  });
});
