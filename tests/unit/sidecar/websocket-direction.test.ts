import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createDirection } from '../../../src/sidecar/websocket/direction.js';
import { opcodes } from '../../../src/sidecar/websocket/frame-reader.js';
import { encodeFrame } from '../../../src/sidecar/websocket/frame-writer.js';
import type { MessageInspector, Passed } from '../../../src/sidecar/websocket/inspector.js';

const message = Buffer.alloc(200_000, 'words of a message ');

/** One side of a WebSocket whose messages are looked at later, to a side that reads when it is told to. */
function openDirection() {
  let held = 0;
  let answer = { pass: (_passed: Passed) => {}, fail: (_error: Error) => {} };
  const endings: string[] = [];
  const writes: { readonly length: number; readonly done: () => void }[] = [];
  const to = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push({ length: chunk.length, done });
    },
  });
  const inspector: MessageInspector = {
    whole: 1024 * 1024,
    message: () =>
      new Promise((pass, fail) => {
        answer = { pass, fail };
      }),
    control: (payload) => payload,
    stream: () => ({ push: (piece) => piece, end: () => Buffer.alloc(0) }),
  };
  const direction = createDirection({
    from: new PassThrough(),
    to,
    fromClient: true,
    inspector,
    ending: { close: (code) => endings.push(`${code}`), fail: () => endings.push('failed') },
    onBytes: () => {},
    reserve: (bytes) => {
      held += bytes;
      return true;
    },
  });
  const frame = encodeFrame(opcodes.text, true, message, true);
  direction.push(frame.subarray(0, 70_000));
  direction.push(frame.subarray(70_000));
  return {
    direction,
    to,
    writes,
    endings,
    held: () => held,
    pass: () => answer.pass(message),
    fail: () => answer.fail(new Error('the client left')),
  };
}

it('counts a message as long as it is looked at, and until the other side has read it', async () => {
  const { held, pass, writes } = openDirection();
  expect(held()).toBe(message.length);
  pass();
  await turn();
  expect(held()).toBeGreaterThanOrEqual(message.length);
  for (const { done } of writes) done();
  await turn();
  expect(held()).toBe(0);
});

it('counts nothing of a message whose client left, and ends nothing more', async () => {
  const { direction, held, fail, endings } = openDirection();
  direction.stop();
  expect(held()).toBe(0);
  fail();
  await turn();
  expect([held(), endings]).toEqual([0, []]);
});

it('counts nothing of what the other side will never read', async () => {
  const { direction, held, pass, to } = openDirection();
  pass();
  await turn();
  direction.stop();
  const closed = once(to, 'close');
  to.destroy();
  await closed;
  await turn();
  expect(held()).toBe(0);
});
