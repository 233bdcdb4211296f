// Sets up what is missing for a run from a checkout: npm's dependencies, the build, bubblewrap. Plain Node: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function fail(message, fix) {
  say(`error: ${message} (host-not-ready)\n  fix: ${fix}`);
  process.exit(3);
}

/** Runs a program with its output shown; ends the process where it fails. */
export function must(command, args, fix, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 'inherit'],
    ...options,
  });
  if (status !== 0)
    fail(
      `${command} ${args.join(' ')} ${error ? `did not start: ${error.message}` : `ended with ${status}`}`,
      fix,
    );
}

export function inPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));
}

export function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old`, 'install Node 20.19 or newer: https://nodejs.org');
  }
}

/** What compiles a dependency: programs and the Debian packages that have them. */
const compiler = { 'g++': 'g++', make: 'make', python3: 'python3' };

export function ensureDependencies() {
  const lock = fingerprint([join(root, 'package-lock.json')]);
  if (stampIs('dependencies', lock) && existsSync(join(root, 'node_modules'))) return;
  say('Installing npm dependencies...');
  // npm runs this script: what it set for itself must not steer the npm that we start.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(config_|lifecycle|package|command)/i.test(name) ||
        /^npm_config_(registry|cafile|proxy|https_proxy)$/i.test(name),
    ),
  );
  const install = ['npm', ['ci', '--no-audit', '--no-fund']];
  // better-sqlite3 comes built for most machines; where that can't be downloaded, it is compiled.
  const missing = Object.keys(compiler).some((program) => !inPath(program));
  const options = { cwd: root, stdio: ['ignore', 2, 'inherit'], env: environment };
  const installed = missing && spawnSync(...install, options).status === 0;
  if (!installed) {
    if (missing) {
      say('npm could not install everything; perhaps for want of a compiler.');
      ensurePackages(compiler);
    }
    must(...install, 'see what npm printed above', { env: environment });
  }
  stamp('dependencies', lock);
}

export function ensureBuild() {
  const sources = [
    ...filesBelow('src'),
    ...filesBelow('scripts'),
    join(root, 'cli.ts'),
    join(root, 'package.json'),
    join(root, 'package-lock.json'),
  ];
  const now = fingerprint(sources);
  if (stampIs('build', now) && existsSync(join(root, 'dist/cli.js'))) return;
  say('Building...');
  must(process.execPath, ['scripts/build.mjs'], 'see what the build printed above');
  stamp('build', now);
}

/** Installs Debian packages where this user may; else says the one line that does. */
export function ensurePackages(programs) {
  const missing = Object.entries(programs)
    .filter(([program]) => !inPath(program))
    .map(([, name]) => name);
  if (missing.length === 0) return true;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  const maySudo =
    !isRoot && inPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (!inPath('apt-get') || !(isRoot || maySudo)) {
    say(`missing: ${missing.join(', ')}; install with:\n  sudo sh -c '${line}'`);
    return false;
  }
  say(`Installing ${missing.join(', ')}...`);
  const [command, ...args] = isRoot ? ['sh', '-c', line] : ['sudo', '-n', 'sh', '-c', line];
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 2, 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (!entry.name.includes('.generated.')) yield path;
  }
}

function filesBelow(folder) {
  return [...walk(join(root, folder))];
}

/** Changes when a file's name, size or content time does. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function stampFile(name) {
  return join(root, '.cache', `${name}.stamp`);
}

function stampIs(name, value) {
  try {
    return readFileSync(stampFile(name), 'utf8') === value;
  } catch {
    return false;
  }
}

function stamp(name, value) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile(name), value);
}
