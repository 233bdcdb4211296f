import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentIdentity } from '../../workspace/identity.js';
import { idMapProgram } from './id-map.js';
import type { Sources } from './sandbox-arguments.js';

/** Descriptors that bwrap reads its options and the filter of system calls from. */
const optionsDescriptor = 9;
export const seccompDescriptor = 8;

/** In root's private mount namespace the staged sources lie here; no one else's /tmp is touched. */
const stage = '/tmp';
const stagedSources: Sources = {
  sandbox: `${stage}/sandbox`,
  node: `${stage}/node`,
  workspace: `${stage}/workspace`,
};

/** Where the user who runs bwrap finds the sources: root's are staged to where the lowered user can reach them. */
export function reachableSources(identity: AgentIdentity, sources: Sources): Sources {
  return identity.kind === 'caller' ? sources : stagedSources;
}

export interface LauncherRequest {
  readonly directory: string;
  readonly identity: AgentIdentity;
  readonly sources: Sources;
  /** bwrap's options, which it reads from a file: they don't appear in any list of processes. */
  readonly options: readonly string[];
  /** The first process of the sandbox. */
  readonly command: readonly string[];
  readonly seccomp: Buffer | null;
  readonly terminal: boolean;
}

/** Writes the shell script that becomes bwrap, and what it reads, into a private directory; answers the command to run. */
export function writeLauncher(request: LauncherRequest): readonly [string, ...string[]] {
  const { directory, identity, terminal } = request;
  const file = (name: string) => join(directory, name);
  writeFileSync(file('options'), request.options.map((option) => `${option}\0`).join(''));
  if (request.seccomp) writeFileSync(file('seccomp'), request.seccomp);
  writeFileSync(file('launch'), launchScript(request));
  if (identity.kind === 'lowered') {
    writeFileSync(file('map'), idMapProgram);
    mkdirSync(file('stage'));
  }
  const launch = ['sh', file('launch')];
  const command =
    identity.kind === 'caller' ? launch : ['unshare', '--mount', '--propagation', 'private', '--', ...launch];
  const [first = 'sh', ...rest] = terminal ? onOwnTerminal(command) : command;
  return [first, ...rest];
}

/**
 * script(1) makes a pseudo-terminal of the bottle's own, so that the agent never holds a descriptor of the operator's;
 * it is told to end when we die, and takes the sandbox with it.
 */
function onOwnTerminal(command: readonly string[]): string[] {
  const line = `exec ${command.map(quote).join(' ')}`;
  return [
    'setpriv',
    '--pdeathsig',
    'TERM',
    '--',
    'script',
    '--quiet',
    '--return',
    '--command',
    line,
    '/dev/null',
  ];
}

function launchScript({ directory, identity, sources, command, seccomp, terminal }: LauncherRequest): string {
  const lines = [
    'set -eu',
    // Where memory runs out the kernel ends the bottle before anything of the operator's.
    'echo 900 >/proc/self/oom_score_adj || true',
    `exec ${optionsDescriptor}<${quote(join(directory, 'options'))}`,
    ...(seccomp ? [`exec ${seccompDescriptor}<${quote(join(directory, 'seccomp'))}`] : []),
    // Ctrl-C and its like go to the whole foreground group: they are for the agent, not for what holds it.
    ...(terminal ? ["trap '' INT QUIT TSTP"] : []),
  ];
  const sandbox = `exec bwrap --args ${optionsDescriptor} -- ${command.map(quote).join(' ')}`;
  if (identity.kind === 'caller') return `${[...lines, sandbox].join('\n')}\n`;
  return `${[...lines, ...staging(directory, identity, sources, terminal), lowered(identity, sandbox)].join('\n')}\n`;
}

type Lowered = Extract<AgentIdentity, { kind: 'lowered' }>;

/** Root's part: mounts the sources where the lowered user reaches them, in a mount namespace that ends with the sandbox. */
function staging(
  directory: string,
  { uid, gid, mapWorkspace }: Lowered,
  sources: Sources,
  terminal: boolean,
): string[] {
  const staged = (name: keyof Sources) => quote(join(directory, 'stage', name));
  const workspace = quote(sources.workspace);
  return [
    `mount -t tmpfs -o mode=0755,size=64k,nosuid,nodev bot-bottle ${quote(join(directory, 'stage'))}`,
    `mkdir ${staged('sandbox')} ${staged('workspace')}`,
    `: > ${staged('node')}`,
    `mount --rbind ${quote(sources.sandbox)} ${staged('sandbox')}`,
    `mount --bind ${quote(sources.node)} ${staged('node')}`,
    mapWorkspace
      ? `perl ${quote(join(directory, 'map'))} ${workspace} ${staged('workspace')} 0 ${uid}`
      : `mount --rbind ${workspace} ${staged('workspace')}`,
    `mount --move ${quote(join(directory, 'stage'))} ${stage}`,
    ...(terminal ? [`chown ${uid}:${gid} "$(tty)"`] : []),
    // The sandbox starts in the workspace's own folder.
    'cd /',
  ];
}

/** Takes root's rights away for good; and where ids are mapped, looks whether the mapping took effect. */
function lowered({ uid, gid, mapWorkspace }: Lowered, sandbox: string): string {
  const check = mapWorkspace
    ? `[ "$(stat -c %u ${stagedSources.workspace})" = ${uid} ] && [ -w ${stagedSources.workspace} ] || { echo "bot-bottle: the id-mapped workspace can't be written" >&2; exit 125; }; `
    : '';
  return [
    `exec setpriv --reuid ${uid} --regid ${gid} --clear-groups --inh-caps=-all --bounding-set=-all`,
    `sh -c ${quote(`${check}${sandbox}`)}`,
  ].join(' ');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
