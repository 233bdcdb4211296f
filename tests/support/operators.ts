import { accessSync, chmodSync, constants, copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runsAsRoot } from './needs.js';

/** Who runs bot-bottle in a test. */
export interface Operator {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Whether the tests may act as this one, and what they need for it. */
  readonly part: string;
  readonly present: boolean;
}

/** Needs no entry in /etc/passwd; of no other use on a test machine. */
const ordinaryId = 1547;

const ordinary = runsAsRoot
  ? { uid: ordinaryId, gid: ordinaryId }
  : { uid: process.getuid?.() ?? ordinaryId, gid: process.getgid?.() ?? ordinaryId };

/** Every attack is run for both where the tests may act as both; an ordinary user can't test root's part. */
export const operators: readonly Operator[] = [
  { name: 'an ordinary user', ...ordinary, part: 'Linux', present: process.platform === 'linux' },
  { name: 'root', uid: 0, gid: 0, part: 'root', present: runsAsRoot },
];

/** The built program and Node, where every operator can read them. */
export interface Program {
  readonly node: string;
  readonly cli: string;
  remove(): void;
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What isn't bundled, as npm installs it beside `dist`. */
const native = 'better-sqlite3/build/Release/better_sqlite3.node';

export function installProgram(): Program {
  const folder = mkdtempSync(join(tmpdir(), 'bot-bottle-program-'));
  chmodSync(folder, 0o755);
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const path of [
    'better-sqlite3/package.json',
    'better-sqlite3/lib',
    native,
    'bindings',
    'file-uri-to-path',
  ])
    cpSync(join(root, 'node_modules', path), join(folder, 'node_modules', path), { recursive: true });
  let node = process.execPath;
  if (!isReachableByAnyone(node)) {
    node = join(folder, 'node');
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
  }
  return {
    node,
    cli: join(folder, 'dist/cli.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function isReachableByAnyone(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !path.startsWith('/root/') && !path.startsWith('/home/');
  } catch {
    return false;
  }
}
