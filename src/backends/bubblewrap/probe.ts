import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { BackendServices, Processes, Readiness, ReadinessProblem } from '../../plan/ports.js';
import { unusedId } from '../../workspace/identity.js';
import { diagnose, type KernelFacts } from './diagnosis.js';
import { namespaces } from './sandbox-arguments.js';
import { systemPath } from './system-path.js';
import { barrierOf, type Features, featuresOf } from './version.js';

/** Parts of util-linux and Perl's base, which every Debian and Ubuntu has; other systems may lack one. */
const programs: readonly { readonly name: string; readonly package: string; readonly rootOnly?: true }[] = [
  { name: 'sh', package: 'dash' },
  { name: 'prlimit', package: 'util-linux' },
  { name: 'setpriv', package: 'util-linux' },
  { name: 'script', package: 'bsdutils' },
  { name: 'unshare', package: 'util-linux', rootOnly: true },
  { name: 'mount', package: 'mount', rootOnly: true },
  { name: 'perl', package: 'perl-base', rootOnly: true },
];

const environment = { PATH: systemPath };
/** Milliseconds; a sandbox is made in about twenty. */
const timeout = 10_000;

/** Finds out by making a sandbox; where that fails, the machine's settings say why. */
export async function probe({ processes }: BackendServices): Promise<Readiness> {
  if (process.platform !== 'linux') return unusable('bubblewrap runs on Linux only', 'use another backend');
  const version = await processes.run('bwrap', ['--version'], { environment, timeout });
  const features = featuresOf(version.stdout);
  if (!features) return unusable('bubblewrap is not installed', 'sudo apt-get install -y bubblewrap');
  if (!features.supported) {
    return unusable(`bubblewrap ${features.version} is too old: 0.5.0 is needed`, 'upgrade the system');
  }
  const missing = programs.filter(({ name, rootOnly }) => (isRoot() || !rootOnly) && !isInstalled(name))[0];
  if (missing) {
    return unusable(`the program ${missing.name} is missing`, `sudo apt-get install -y ${missing.package}`);
  }
  const problem = await trySandbox(features, processes);
  return {
    usable: !problem,
    barrier: problem ? '' : barrierOf(features),
    problems: problem ? [problem] : [],
  };
}

async function trySandbox(features: Features, processes: Processes): Promise<ReadinessProblem | null> {
  const mayMount =
    !isRoot() ||
    (await processes.run('unshare', ['--mount', 'true'], { environment, timeout })).exitCode === 0;
  const sandbox = [
    'bwrap',
    ...namespaces(features),
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    'true',
  ];
  const [command = '', ...args] = isRoot() ? [...lowered, ...sandbox] : sandbox;
  const { exitCode, stderr } = await processes.run(command, args, { environment, timeout });
  if (mayMount && exitCode === 0) return null;
  return diagnose(kernelFacts(mayMount), stderr.trim().split('\n').at(-1) ?? '');
}

const lowered = ['setpriv', '--reuid', String(unusedId), '--regid', String(unusedId), '--clear-groups', '--'];

function kernelFacts(mayMount: boolean): KernelFacts {
  const limits = ['user', 'pid', 'net', 'mnt', 'ipc', 'uts']
    .map((kind) => setting(`user/max_${kind}_namespaces`))
    .filter((value) => value !== null);
  const clone = setting('kernel/unprivileged_userns_clone');
  return {
    root: isRoot(),
    mayMount,
    apparmorRestricts: setting('kernel/apparmor_restrict_unprivileged_userns') === 1,
    unprivilegedClone: clone === null ? null : clone !== 0,
    fewestNamespaces: limits.length === 0 ? null : Math.min(...limits),
    container:
      existsSync('/.dockerenv') || existsSync('/run/.containerenv') || Boolean(process.env['container']),
    filtered: /^Seccomp:\s+2$/m.test(readFileSync('/proc/self/status', 'latin1')),
  };
}

function setting(name: string): number | null {
  try {
    return Number(readFileSync(`/proc/sys/${name}`, 'latin1'));
  } catch {
    return null;
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function isInstalled(program: string): boolean {
  return systemPath.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function unusable(message: string, mend: string): Readiness {
  return { usable: false, barrier: '', problems: [{ message, mend }] };
}
