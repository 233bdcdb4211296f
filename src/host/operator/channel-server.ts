import { chmod, rename, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { splitLines } from '../../contract/lines.js';
import { parseDecision } from '../../contract/proposal.js';
import { privateFolderWithin } from '../runtime-directory.js';
import { type BottleIntroduction, type ChannelMessage, channelSocket, longestLine } from './channel.js';
import type { Desk } from './desk.js';

/** Connections at once; the operator has a few windows. */
const connectionLimit = 32;
/** Bytes that one who doesn't read may leave unread before it is cut off. */
const unreadLimit = 4 * 1024 * 1024;

/** Lets this user's own commands see what waits in a bottle, and answer. */
export async function serveChannel(
  folder: string,
  introduction: BottleIntroduction,
  desk: Desk,
): Promise<AsyncDisposable> {
  await privateFolderWithin(folder);
  const path = channelSocket(folder, introduction.bottle);
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    serve(socket, introduction, desk);
  });
  server.maxConnections = connectionLimit;
  // Under its name it answers from the first moment on: one that doesn't is taken for dead and removed.
  await rm(`${path}.new`, { force: true });
  await listen(server, `${path}.new`);
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  server.on('error', () => {});
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      await rm(path, { force: true });
      for (const socket of connections) socket.destroySoon();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function serve(socket: Socket, introduction: BottleIntroduction, desk: Desk): void {
  const send = (message: ChannelMessage) => {
    if (!socket.writable) return;
    socket.write(`${JSON.stringify(message)}\n`);
    if (socket.writableLength > unreadLimit) socket.destroy();
  };
  const unsubscribe = desk.subscribe({
    onProposal: (proposal) => send({ type: 'proposal', proposal }),
    onEnd: (end) => send({ type: 'proposal-ended', end }),
  });
  socket.once('close', unsubscribe).on('error', () => socket.destroy());
  // Nobody but this user can connect, but a line that is none of ours ends the talk.
  const read = splitLines(longestLine, {
    onLine: (line) => {
      const decision = parseDecision(line);
      if (!decision) {
        socket.destroy();
        return;
      }
      desk.decide(decision).then((problem) => {
        if (problem) send({ type: 'problem', proposal: decision.proposal, problem });
      });
    },
    onTooLong: () => socket.destroy(),
  });
  socket.on('data', read);
  send({ type: 'bottle', version: 1, bottle: introduction });
  for (const proposal of desk.held()) send({ type: 'proposal', proposal });
  send({ type: 'ready' });
}
