import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import ignoreFile from '@balena/dockerignore';
import { pack } from 'tar-stream';
import { BottleError } from '../../contract/errors.js';

/** One file of an archive. */
export interface ArchiveFile {
  readonly path: string;
  readonly content: Buffer | string;
  /** 0644 where it isn't said. */
  readonly mode?: number;
  /** A symbolic link to this, and without content. */
  readonly link?: string;
}

/** Bytes; what is sent to the engine for a build is held in memory. */
const largestContext = 64 * 1024 * 1024;

/** A tar archive; owned by root unless another is named, without times, so that the same files make the same bytes. */
export async function archive(
  files: readonly ArchiveFile[],
  folders: readonly string[] = [],
  owner: { readonly uid: number; readonly gid: number } = { uid: 0, gid: 0 },
): Promise<Buffer> {
  const tar = pack();
  const mtime = new Date(0);
  for (const name of folders) tar.entry({ name, type: 'directory', mode: 0o755, mtime, ...owner });
  for (const { path, content, mode = 0o644, link } of files) {
    if (link === undefined) tar.entry({ name: path, mode, mtime, ...owner }, content);
    else tar.entry({ name: path, type: 'symlink', linkname: link, mtime, ...owner });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Twelve hexadecimal digits that change with any name, mode or byte of the files. */
export function digestOf(files: readonly ArchiveFile[], more: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const text of more) hash.update(`${text.length}:${text}`);
  for (const { path, content, mode = 0o644, link = '' } of [...files].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  )) {
    hash.update(`${path}\0${mode}\0${link}\0${Buffer.byteLength(content)}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** Everything below a folder that its .dockerignore doesn't name, as `docker build` sends it; no empty folders. */
export async function readFolder(folder: string): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  const ignore = ignoreFile
    .default()
    .add(await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => ''));
  let size = 0;
  const walk = async (relative: string): Promise<void> => {
    for (const name of (await readdir(join(folder, relative))).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`;
      const status = await lstat(join(folder, path));
      // A later line may take something below an ignored folder back in.
      if (status.isDirectory()) await walk(path);
      if (ignore.ignores(path)) continue;
      if (status.isSymbolicLink())
        files.push({ path, content: '', link: await readlink(join(folder, path)) });
      if (!status.isFile()) continue;
      size += status.size;
      if (size > largestContext) throw tooLarge(folder);
      files.push({ path, content: await readFile(join(folder, path)), mode: status.mode & 0o777 });
    }
  };
  await walk('');
  return files;
}

function tooLarge(folder: string): BottleError {
  return new BottleError({
    code: 'manifest',
    message: `the folder of the bottle's Dockerfile holds more than ${largestContext / 1024 / 1024} MB`,
    where: folder,
    hint: 'put the Dockerfile, and what it copies, into a folder of their own',
  });
}
