import { closeSync, fchownSync, fstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Processes, Stdio } from '../../plan/ports.js';
import type { AgentIdentity } from '../../workspace/identity.js';
import { openPipe, type Pipe } from './pipe.js';

/** The agent's standard input, output and error, without any descriptor by which it could reach more than that. */
export interface AgentStreams {
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  /** To be called once the agent's process holds its ends. */
  begin(): void;
  /** Settles when all that the agent wrote is passed on. */
  drain(): Promise<void>;
  release(): void;
}

/** With a terminal of the bottle's own in between, script(1) holds the operator's. */
export const terminalStreams: AgentStreams = {
  stdio: ['inherit', 'inherit', 'inherit'],
  begin: () => {},
  drain: async () => {},
  release: () => {},
};

/**
 * Pipes, joined unix sockets and /dev/null are handed on as they are. Through a terminal the agent could push keystrokes,
 * a file or folder can be opened anew through /proc/self/fd with more rights than it was given with, and any other
 * socket can be connected anew, to anywhere in this machine's network: their bytes are relayed through a pipe instead.
 */
export async function agentStreams(identity: AgentIdentity, processes: Processes): Promise<AgentStreams> {
  const relayed = [0, 1, 2].filter((descriptor) => !isHandedOn(descriptor));
  if (identity.kind === 'lowered') givePipes(identity);
  if (relayed.length === 0) return terminalStreams;
  const opened = await Promise.all(
    relayed.map(async (descriptor) => {
      const pipe = await openPipe(processes, descriptor === 0 ? 'to agent' : 'from agent');
      if (identity.kind === 'lowered') fchownSync(pipe.agents, identity.uid, identity.gid);
      return [descriptor, descriptor === 0 ? relayInput(pipe) : relayOutput(pipe, descriptor)] as const;
    }),
  );
  const relays = new Map(opened);
  const end = (descriptor: number) => relays.get(descriptor)?.agentEnd ?? 'inherit';
  return {
    stdio: [end(0), end(1), end(2)],
    begin: () => {
      for (const relay of relays.values()) relay.begin();
    },
    drain: async () => {
      await Promise.all([...relays.values()].map(({ drained }) => drained));
    },
    release: () => {
      for (const relay of relays.values()) relay.release();
    },
  };
}

/** So that /dev/stdout and its like can be opened by the lowered user, as by any other whose pipes are his own. */
function givePipes({ uid, gid }: { readonly uid: number; readonly gid: number }): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      // Without a name in any folder: nobody else's.
      if (readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('pipe:')) fchownSync(descriptor, uid, gid);
    } catch {
      // Closed: there is nothing to give.
    }
  }
}

interface Relay {
  readonly agentEnd: number;
  begin(): void;
  readonly drained: Promise<void>;
  release(): void;
}

/** Whether the agent gets this descriptor of ours as it is. */
export function isHandedOn(descriptor: number): boolean {
  const status = statusOf(descriptor);
  // Closed: there is nothing to hand on.
  if (!status || status.isFIFO()) return true;
  if (status.isSocket()) return isJoinedUnixStream(status.ino);
  return status.isCharacterDevice() && status.rdev === 0x103;
}

function statusOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** Of /proc/net/unix (proc_pid_net(5)): SOCK_STREAM, SS_CONNECTED, and the inode. */
const joinedStream = (inode: number) => new RegExp(`^\\S+ \\S+ \\S+ \\S+ 0001 03 +${inode}(?: |$)`, 'm');

/** Such a socket stays with the other end that it has. One that isn't in the kernel's table is none. */
function isJoinedUnixStream(inode: number): boolean {
  return joinedStream(inode).test(readFileSync('/proc/self/net/unix', 'latin1'));
}

function relayInput({ ours, agents }: Pipe): Relay {
  const pipe = new Socket({ fd: ours, readable: false, writable: true });
  // The agent closed its input, or ended.
  pipe.on('error', () => process.stdin.unpipe(pipe));
  return {
    agentEnd: agents,
    begin: () => {
      closeSync(agents);
      process.stdin.pipe(pipe);
    },
    drained: Promise.resolve(),
    release: () => {
      process.stdin.unpipe(pipe);
      process.stdin.destroy();
      pipe.destroy();
    },
  };
}

function relayOutput({ ours, agents }: Pipe, descriptor: number): Relay {
  const target = descriptor === 1 ? process.stdout : process.stderr;
  const pipe = new Socket({ fd: ours, readable: true, writable: false });
  const drained = new Promise<void>((resolve) => pipe.once('close', () => resolve()));
  // Closes it too.
  pipe.on('error', () => {});
  // The operator's side closed: the agent's next write fails, as it would without us.
  target.once('error', () => pipe.destroy());
  return {
    agentEnd: agents,
    begin: () => {
      closeSync(agents);
      pipe.pipe(target, { end: false });
    },
    drained,
    release: () => pipe.destroy(),
  };
}
