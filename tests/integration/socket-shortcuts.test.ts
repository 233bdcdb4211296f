import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Client } from 'undici';
import { expect, test } from 'vitest';
import { joinWrites } from '../../src/sidecar/joined-writes.js';
import { readAsStream, readPromptly } from '../../src/sidecar/prompt-reads.js';
import { standsStill } from '../support/stands-still.js';

const room = 64 * 1024;

/** Two ends of a connection over loopback. */
async function withPair(use: (near: Socket, far: Socket) => Promise<void>): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  try {
    await use(near, far);
  } finally {
    near.destroy();
    far.destroy();
    server.close();
  }
}

/** Reads as an HTTP client does, a piece at a time at `readable`; `until` bytes, then no more. */
function pieces(socket: Socket, until = Number.POSITIVE_INFINITY): { readonly read: Buffer[]; size: number } {
  const taken = { read: [] as Buffer[], size: 0 };
  const take = () => {
    while (taken.size < until) {
      const piece = socket.read() as Buffer | null;
      if (piece === null) return;
      taken.read.push(piece);
      taken.size += piece.length;
    }
  };
  socket.on('readable', take);
  take();
  return taken;
}

test('a head and a short body leave together, byte for byte', async () => {
  await withPair(async (near, far) => {
    joinWrites(near);
    const arrived = once(far, 'data');
    near.cork();
    near.write('HTTP/1.1 200 \xe9\r\n\r\n', 'latin1');
    near.write(Buffer.from([0, 255, 10]));
    near.uncork();
    const [first] = (await arrived) as [Buffer];
    expect(first).toEqual(Buffer.from('HTTP/1.1 200 \xe9\r\n\r\n\0\xff\n', 'latin1'));
  });
});

test('long ones, and text in other encodings, arrive as they were written', async () => {
  await withPair(async (near, far) => {
    joinWrites(near);
    const all = buffer(far);
    near.cork();
    near.write('né', 'utf8');
    near.write('68c3a9', 'hex');
    near.uncork();
    near.cork();
    near.write('x'.repeat(20_000), 'latin1');
    near.write(Buffer.alloc(30_000, 'y'));
    near.uncork();
    near.end();
    expect((await all).toString()).toBe(`néhé${'x'.repeat(20_000)}${'y'.repeat(30_000)}`);
  });
});

test('what comes is handed over in order, to its end', async () => {
  await withPair(async (near, far) => {
    const taken = pieces(readPromptly(near, room));
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    for (let at = 0; at < sent.length; at += 7001) far.write(sent.subarray(at, at + 7001));
    far.end();
    await once(near, 'end');
    expect(Buffer.concat(taken.read).equals(sent)).toBe(true);
  });
});

test('a reader that stops slows the sender down, and gets the rest when it goes on', async () => {
  await withPair(async (near, far) => {
    readPromptly(near, room);
    const stopped = pieces(near, 1);
    const total = 16 * 1024 * 1024;
    far.end(Buffer.alloc(total, 'z'));
    await standsStill(() => near.bytesRead);
    expect(near.bytesRead).toBeLessThan(4 * room);
    near.removeAllListeners('readable');
    const rest = pieces(near);
    await once(near, 'end');
    expect(stopped.size + rest.size).toBe(total);
  });
});

/** Resolves when the other side's end has come; nobody may have read that far. */
function endOf(socket: Socket): Promise<void> {
  const { push } = socket;
  return new Promise((resolve) => {
    socket.push = (chunk, encoding) => {
      if (chunk === null) process.nextTick(resolve);
      return push.call(socket, chunk, encoding);
    };
  });
}

test('an end does not overtake what nobody has read yet', async () => {
  await withPair(async (near, far) => {
    readPromptly(near, room);
    near.on('readable', () => {});
    const hasEnded = endOf(near);
    far.end('the last words');
    await hasEnded;
    expect(near.readableEnded).toBe(false);
    expect((near.read() as Buffer).toString()).toBe('the last words');
    const ended = once(near, 'end');
    expect(near.read()).toBe(null);
    await ended;
  });
});

test.each(['', 'Connection: close\r\nContent-Length: 4\r\n'])(
  'an answer that is paused at its last byte outlives the end of its connection (%j)',
  async (framing) => {
    await withPair(async (near, far) => {
      readPromptly(near, room);
      const hasEnded = endOf(near);
      const { answered, goOn } = askAndPause(near);
      await once(far, 'data');
      far.end(`HTTP/1.1 200 OK\r\n${framing}\r\nbody`);
      await hasEnded;
      goOn();
      expect(await answered).toBe('body');
    });
  },
);

test('a reset while an answer is paused is an error of that answer alone', async () => {
  await withPair(async (near, far) => {
    readPromptly(near, room);
    const { answered, paused } = askAndPause(near);
    await once(far, 'data');
    far.write('HTTP/1.1 200 OK\r\n\r\nbody');
    await paused;
    far.resetAndDestroy();
    await expect(answered).rejects.toThrow('ECONNRESET');
  });
});

/** Asks for `/` and pauses at the first of the answer's body. */
function askAndPause(socket: Socket) {
  const client = new Client('http://127.0.0.1', {
    connect: (_options, callback) => setImmediate(callback, null, socket),
  });
  let goOn = () => {};
  let onPaused = () => {};
  const paused = new Promise<void>((resolve) => {
    onPaused = resolve;
  });
  const answered = new Promise<string>((resolve, reject) => {
    let text = '';
    client.dispatch(
      { path: '/', method: 'GET' },
      {
        onConnect: () => {},
        onHeaders: (_status, _headers, resume) => {
          goOn = resume;
          return true;
        },
        onData: (chunk) => {
          const isFirst = text === '';
          text += chunk.toString();
          onPaused();
          return !isFirst;
        },
        onComplete: () => resolve(text),
        onError: reject,
      },
    );
  });
  return { answered, paused, goOn: () => goOn() };
}

test('read as a stream it brings what was put back first, then what waited, then the rest', async () => {
  await withPair(async (near, far) => {
    readPromptly(near, room);
    near.on('readable', () => {});
    far.write('waited ');
    await once(near, 'readable');
    near.unshift(Buffer.from('put back '));
    near.removeAllListeners('readable');
    readAsStream(near);
    let brought = '';
    near.on('data', (chunk: Buffer) => {
      brought += chunk.toString();
    });
    while (brought.length < 'put back waited '.length) await once(near, 'data');
    far.end('rest');
    await once(near, 'end');
    expect(brought).toBe('put back waited rest');
  });
});

test('a server that speaks before it is asked is hung up on', async () => {
  await withPair(async (near, far) => {
    readPromptly(near, room);
    const failed = once(near, 'error');
    far.write('HTTP/1.1 200 OK\r\n\r\n');
    const [error] = (await failed) as [Error];
    expect(error.message).toContain('before it was asked');
    expect(near.destroyed).toBe(true);
  });
});
