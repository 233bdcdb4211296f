import { type FSWatcher, readdirSync, rmSync, watch } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { splitLines } from '../../contract/lines.js';
import type { OperatorDecision, Proposal, ProposalEnd } from '../../contract/proposal.js';
import { privateFolderWithin } from '../runtime-directory.js';
import { type BottleIntroduction, type ChannelMessage, type ChannelRequest, longestLine } from './channel.js';
import type { DecisionProblem } from './desk.js';

/** All running bottles of this user, and what waits in them. */
export interface Watch extends Disposable {
  readonly held: () => readonly Proposal[];
  readonly bottles: () => readonly BottleIntroduction[];
  /** False when no bottle holds it. */
  readonly decide: (decision: OperatorDecision) => boolean;
}

export interface WatchHandlers {
  readonly onChange?: () => void;
  readonly onProposal?: (proposal: Proposal) => void;
  readonly onEnd?: (end: ProposalEnd, proposal: Proposal) => void;
  readonly onProblem?: (proposal: string, problem: DecisionProblem) => void;
}

interface Link {
  readonly socket: Socket;
  bottle: BottleIntroduction | null;
  readonly held: Map<string, Proposal>;
}

/** Milliseconds for a bottle to introduce itself; one that is stopped must not stop who looks at the others. */
const patience = 2000;

/** Connects to every running bottle, and to those that start later; resolves when all have told what waits. */
export async function watchBottles(folder: string, handlers: WatchHandlers): Promise<Watch> {
  await privateFolderWithin(folder);
  const links = new Map<string, Link>();
  const look = async (): Promise<unknown> => {
    const found = readdirSync(folder).filter((name) => name.endsWith('.sock') && !links.has(name));
    return Promise.all(found.map((name) => open(links, folder, name, handlers)));
  };
  let closed = false;
  let renewing = false;
  // Before the first look: what appears in between must not be missed.
  let watcher = begin();
  await look();

  function begin(): FSWatcher {
    const made = watch(folder, (_event, name) => {
      // Its own name: the folder itself was taken away, perhaps made anew already.
      if (name === basename(folder)) void again(made);
      else look().catch(() => again(made));
    });
    return made.on('error', () => {});
  }

  /** Who cleans up temporary files may take the folder away; those who are connected stay so, and the next start makes it. */
  async function again(blind: FSWatcher): Promise<void> {
    if (closed || renewing || blind !== watcher) return;
    renewing = true;
    blind.close();
    try {
      await privateFolderWithin(folder);
      if (closed) return;
      watcher = begin();
      renewing = false;
      await look();
    } catch {
      // Nobody can start there either.
    } finally {
      renewing = false;
    }
  }

  return {
    held: () => [...links.values()].flatMap(({ held }) => [...held.values()]).sort((a, b) => a.time - b.time),
    bottles: () => [...links.values()].flatMap(({ bottle }) => (bottle ? [bottle] : [])),
    decide: (decision) => {
      const link = [...links.values()].find(({ held }) => held.has(decision.proposal));
      if (!link) return false;
      const request: ChannelRequest = { type: 'decision', ...decision };
      return link.socket.write(`${JSON.stringify(request)}\n`) || true;
    },
    [Symbol.dispose]: () => {
      closed = true;
      watcher.close();
      for (const { socket } of links.values()) socket.destroy();
    },
  };
}

function open(
  links: Map<string, Link>,
  folder: string,
  name: string,
  handlers: WatchHandlers,
): Promise<void> {
  const path = join(folder, name);
  const socket = connect({ path });
  const link: Link = { socket, bottle: null, held: new Map() };
  links.set(name, link);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(), patience);
    const read = splitLines(longestLine, {
      onLine: (line) => {
        const message = parse(line);
        if (!message) socket.destroy();
        else if (message.type === 'ready') resolve();
        else receive(link, message, handlers);
      },
      onTooLong: () => socket.destroy(),
    });
    socket.on('data', read);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Nobody listens any more: its process was killed.
      if (error.code === 'ECONNREFUSED') rmSync(path, { force: true });
    });
    socket.once('close', () => {
      clearTimeout(timer);
      links.delete(name);
      for (const proposal of link.held.values()) {
        const end: ProposalEnd = {
          proposal: proposal.id,
          time: Date.now(),
          outcome: 'bottle-ended',
          decision: null,
        };
        handlers.onEnd?.(end, proposal);
      }
      handlers.onChange?.();
      resolve();
    });
  });
}

function receive(link: Link, message: ChannelMessage, handlers: WatchHandlers): void {
  if (message.type === 'bottle') link.bottle = message.bottle;
  else if (message.type === 'proposal') {
    link.held.set(message.proposal.id, message.proposal);
    handlers.onProposal?.(message.proposal);
  } else if (message.type === 'proposal-ended') {
    const proposal = link.held.get(message.end.proposal);
    link.held.delete(message.end.proposal);
    if (proposal) handlers.onEnd?.(message.end, proposal);
  } else if (message.type === 'problem') handlers.onProblem?.(message.proposal, message.problem);
  handlers.onChange?.();
}

function parse(line: string): ChannelMessage | null {
  try {
    return JSON.parse(line) as ChannelMessage;
  } catch {
    return null;
  }
}
