import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Proposal, ProposalEnd } from '../../../../src/contract/proposal.js';
import type { ControlMessage } from '../../../../src/contract/sidecar.js';
import { channelSocket } from '../../../../src/host/operator/channel.js';
import { watchBottles } from '../../../../src/host/operator/channel-client.js';
import { serveChannel } from '../../../../src/host/operator/channel-server.js';
import { removeDeadChannels } from '../../../../src/host/operator/dead-channels.js';
import { createDesk, type Desk } from '../../../../src/host/operator/desk.js';
import type { NewEntry } from '../../../../src/host/store/chain.js';
import { createRecorder, type Recorder } from '../../../../src/host/store/recorder.js';
import { heldProposal } from '../../../support/held-proposal.js';

let folder = '';
let file = '';
let recorder: Recorder;
const releases: AsyncDisposable[] = [];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'channel-')), 'operator');
  file = join(folder, '../state/log.sqlite');
});
afterEach(async () => {
  for (const release of releases.splice(0)) await release[Symbol.asyncDispose]();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

interface Bottle {
  readonly desk: Desk;
  /** What was sent to the sidecar. */
  readonly sent: ControlMessage[];
}

async function startBottle(bottle = 'demo-0001'): Promise<Bottle> {
  recorder = createRecorder({ file, bottle, retention: { age: 1e15, size: 1e15 }, tell: () => {} });
  recorder.begin({ time: 1, kind: 'bottle-started', verdict: null, body: '{}' } satisfies Omit<
    NewEntry,
    'bottle'
  >);
  const desk = createDesk(recorder);
  const sent: ControlMessage[] = [];
  desk.connect((message) => sent.push(message));
  const introduction = { bottle, agent: 'demo', backend: 'none', workspace: '/w', started: 1 };
  releases.unshift(await serveChannel(folder, introduction, desk), recorder);
  return { desk, sent };
}

const proposal = (id: string): Proposal => ({ ...heldProposal, id });

const ended = (id: string): ProposalEnd => ({ proposal: id, time: 3, outcome: 'decided', decision: 'deny' });

async function raw(bottle = 'demo-0001'): Promise<Socket> {
  const socket = connect(channelSocket(folder, bottle));
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

describe("the operator's channel", () => {
  test('is found again when its folder was taken away and made anew', async () => {
    let changed = () => {};
    using watch = await watchBottles(folder, { onChange: () => changed() });
    expect(watch.bottles()).toEqual([]);
    await rm(folder, { recursive: true });
    const seen = new Promise<void>((resolve) => {
      changed = () => {
        if (watch.bottles().length > 0) resolve();
      };
    });
    await startBottle('demo-0002');
    await seen;
    expect(watch.bottles()).toMatchObject([{ bottle: 'demo-0002' }]);
  });

  test('is a socket for this user alone, and gone with its bottle', async () => {
    await startBottle();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(channelSocket(folder, 'demo-0001'))).mode & 0o777).toBe(0o600);
    await releases.shift()?.[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });

  test('tells what waits, what comes and what ends, of every bottle', async () => {
    const one = await startBottle('demo-0001');
    const two = await startBottle('demo-0002');
    one.desk.onProposal(proposal('demo-0001.1'));
    const seen: string[] = [];
    let changed = () => {};
    using watch = await watchBottles(folder, {
      onProposal: ({ id }) => seen.push(`came ${id}`),
      onEnd: ({ proposal: id }) => seen.push(`ended ${id}`),
      onChange: () => changed(),
    });
    expect(watch.held().map(({ id }) => id)).toEqual(['demo-0001.1']);
    expect(
      watch
        .bottles()
        .map(({ bottle }) => bottle)
        .sort(),
    ).toEqual(['demo-0001', 'demo-0002']);
    const all = new Promise<void>((resolve) => {
      changed = () => {
        if (seen.length === 3) resolve();
      };
    });
    two.desk.onProposal(proposal('demo-0002.1'));
    one.desk.onEnd(ended('demo-0001.1'));
    await all;
    expect(seen.sort()).toEqual(['came demo-0001.1', 'came demo-0002.1', 'ended demo-0001.1']);
  });

  test('sees a bottle that starts later, and one whose process is gone takes its requests along', async () => {
    let change = () => {};
    const until = (fits: () => boolean) =>
      new Promise<void>((resolve) => {
        change = () => {
          if (fits()) resolve();
        };
        change();
      });
    const gone: string[] = [];
    using watch = await watchBottles(folder, {
      onChange: () => change(),
      onEnd: ({ proposal: id, outcome }) => gone.push(`${id} ${outcome}`),
    });
    expect(watch.bottles()).toEqual([]);
    const { desk } = await startBottle();
    desk.onProposal(proposal('demo-0001.1'));
    await until(() => watch.held().length === 1);
    await releases.shift()?.[Symbol.asyncDispose]();
    await until(() => watch.bottles().length === 0);
    expect([gone, watch.held()]).toEqual([['demo-0001.1 bottle-ended'], []]);
  });

  test('passes a decision on once it is in the log', async () => {
    const { desk, sent } = await startBottle();
    desk.onProposal(proposal('demo-0001.1'));
    const problems: string[] = [];
    const answered = new Promise<void>((resolve) => {
      void watchBottles(folder, {
        onEnd: () => resolve(),
        onProblem: (id, problem) => problems.push(`${id} ${problem}`),
      }).then((watch) => {
        releases.unshift({ [Symbol.asyncDispose]: async () => watch[Symbol.dispose]() });
        expect(watch.decide({ proposal: 'demo-0001.9', decision: 'approve-once', note: null })).toBe(false);
        expect(watch.decide({ proposal: 'demo-0001.1', decision: 'approve-once', note: null })).toBe(true);
      });
    });
    desk.connect((message) => {
      sent.push(message);
      desk.onEnd(ended('demo-0001.1'));
    });
    await answered;
    expect(sent).toEqual([
      { type: 'decision', proposal: 'demo-0001.1', decision: 'approve-once', note: null },
    ]);
    expect(problems).toEqual([]);
    expect(await desk.decide({ proposal: 'demo-0001.1', decision: 'approve-once', note: null })).toBe(
      'not-held',
    );
  });

  test.each([
    ['no JSON', 'approve demo-0001.1\n'],
    ['another type', '{"type":"proposal","proposal":"demo-0001.1","decision":"approve-once","note":null}\n'],
    ['an unknown decision', '{"type":"decision","proposal":"demo-0001.1","decision":"yes","note":null}\n'],
    [
      'a note of 100 kB',
      `{"type":"decision","proposal":"demo-0001.1","decision":"deny","note":"${'x'.repeat(100_000)}"}\n`,
    ],
    ['a line without end', 'x'.repeat(10_000_000)],
    ['zeros', Buffer.alloc(100_000)],
    ['a list', '[[[[]]]]\n'],
  ])('ends the talk at %s, decides nothing, and serves the next', async (_name, bytes) => {
    const { desk, sent } = await startBottle();
    desk.onProposal(proposal('demo-0001.1'));
    const socket = await raw();
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    socket.write(bytes);
    await closed;
    expect(sent).toEqual([]);
    expect(desk.held()).toHaveLength(1);
    using watch = await watchBottles(folder, {});
    expect(watch.held()).toHaveLength(1);
  });

  test('cuts off one that reads nothing', async () => {
    const { desk } = await startBottle();
    const socket = await raw();
    const closed = once(socket, 'close');
    for (let count = 0; count < 40_000; count += 1) {
      desk.onProposal(proposal(`demo-0001.${count}`));
      desk.onEnd(ended(`demo-0001.${count}`));
    }
    socket.resume();
    await closed;
  });

  test('says that a proposal waits no more', async () => {
    await startBottle();
    const socket = await raw();
    const lines = createInterface({ input: socket });
    socket.write('{"type":"decision","proposal":"demo-0001.1","decision":"approve-once","note":null}\n');
    const seen: unknown[] = [];
    for await (const line of lines) {
      seen.push(JSON.parse(line));
      if (line.includes('problem')) break;
    }
    expect(seen.at(-1)).toEqual({ type: 'problem', proposal: 'demo-0001.1', problem: 'not-held' });
    socket.destroy();
  });

  test('clears away the sockets of the dead', async () => {
    await startBottle();
    const dead = createServer().listen(join(folder, 'dead.sock'));
    await once(dead, 'listening');
    // What a killed process leaves: the file, and nobody behind it.
    const { rename } = await import('node:fs/promises');
    await rename(join(folder, 'dead.sock'), join(folder, 'left.sock'));
    dead.close();
    await once(dead, 'close');
    expect(await readdir(folder)).toContain('left.sock');
    using watch = await watchBottles(folder, {});
    expect(watch.bottles()).toHaveLength(1);
    expect(await readdir(folder)).not.toContain('left.sock');
  });

  test('prune removes what a killed process left, and nothing that is listened at', async () => {
    const { desk } = await startBottle();
    const killed = spawn(process.execPath, [
      '-e',
      `const { createServer } = require('node:net');
       const listen = (name) => new Promise((done) => createServer().listen(process.argv[1] + name, done));
       Promise.all([listen('/dead.sock'), listen('/unborn.sock.new')]).then(() => console.log('up'));`,
      folder,
    ]);
    const gone = once(killed, 'exit');
    await once(killed.stdout, 'data');
    await writeFile(join(folder, 'notes.txt'), '');
    const all = await readdir(folder);
    expect(await removeDeadChannels(folder)).toBe(0);
    expect(await readdir(folder)).toEqual(all);
    killed.kill('SIGKILL');
    await gone;
    expect(await removeDeadChannels(folder, true)).toBe(2);
    expect(await readdir(folder)).toEqual(all);
    expect(await removeDeadChannels(folder)).toBe(2);
    expect((await readdir(folder)).sort()).toEqual(
      [basename(channelSocket(folder, 'demo-0001')), 'notes.txt'].sort(),
    );
    desk.onProposal(proposal('demo-0001.1'));
    using watch = await watchBottles(folder, {});
    expect(watch.held()).toHaveLength(1);
    expect(await removeDeadChannels(join(folder, 'none'))).toBe(0);
  });
});
