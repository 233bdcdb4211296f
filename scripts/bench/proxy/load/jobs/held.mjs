// Requests that wait until someone lets them go: sent by one job, their answers told by the next.
import { createResponseReader } from '../response.mjs';
import { authorityOf, openConnection } from '../tunnel.mjs';

let sent = [];

/** Microseconds since the epoch, as other processes of this machine see them too. */
const now = () => (performance.timeOrigin + performance.now()) * 1000;

async function sendOne(target, host, index, body) {
  const socket = await openConnection(target, host);
  socket.setTimeout(0);
  const answer = new Promise((resolve) => {
    const read = createResponseReader(
      () => {},
      (status) => resolve({ index, status, at: now() }),
    );
    socket.on('data', read).once('close', () => resolve({ index, status: 0, at: now() }));
  });
  socket.write(
    `POST /sink/${index} HTTP/1.1\r\nhost: ${authorityOf(target, host)}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return { socket, answer };
}

/**
 * `{host, count, body}`: sends the body `count` times, to /sink/0 and on, each on a connection of its own, and leaves them
 * waiting. Without a count: the status of each, and when it was answered (microseconds since the epoch), once all are.
 */
export async function held({ host, count, body }, target) {
  if (count === undefined) {
    const answers = await Promise.all(sent.map(({ answer }) => answer));
    for (const { socket } of sent) socket.destroy();
    sent = [];
    return { answers };
  }
  for (const { socket } of sent) socket.destroy();
  sent = [];
  for (let index = 0; index < count; index += 1) sent.push(await sendOne(target, host, index, body));
  return { sent: sent.length };
}
