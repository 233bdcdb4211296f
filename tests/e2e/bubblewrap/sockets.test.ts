import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bottleSuite } from '../../support/bottle-suite.js';

bottleSuite('a bubblewrap bottle that is started with sockets as its streams', (bench) => {
  let listener: Server;
  let canary: Server;
  let reached = 0;
  beforeAll(async () => {
    listener = createServer().listen(0, '127.0.0.1');
    canary = createServer((socket) => {
      reached += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await Promise.all([once(listener, 'listening'), once(canary, 'listening')]);
  });
  afterAll(() => {
    listener.close();
    canary.close();
  });
  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  it('talks by a connection of TCP, as of inetd, which the agent can’t connect anew', async () => {
    const { operator, playground } = bench;
    const accepted = once(listener, 'connection') as Promise<[Socket]>;
    const client = connect(portOf(listener), '127.0.0.1');
    const [socket] = await accepted;
    const command = ['/usr/bin/python3', '/workspace/attacks/standard-socket.py', String(portOf(canary))];
    const [file, ...args] = playground.commandLine(command);
    const started = spawn(file, args, {
      cwd: playground.folder,
      uid: operator.uid,
      gid: operator.gid,
      env: playground.environment,
      stdio: [socket, socket, socket],
    });
    socket.destroy();
    client.end('one\ntwo\n');
    let said = '';
    client.setEncoding('latin1').on('data', (text: string) => {
      said += text;
    });
    const [[code]] = await Promise.all([once(started, 'close'), once(client, 'close')]);
    expect({ code, said, reached }).toEqual({ code: 0, said: 'read one\nread two\n', reached: 0 });
  });
});
