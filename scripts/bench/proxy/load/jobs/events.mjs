// One stream of server-sent events: how long the first takes, then how many a second arrive.
import { createResponseReader } from '../response.mjs';
import { authorityOf, openConnection } from '../tunnel.mjs';

const newline = 10;

/** An event ends where two newlines meet; they may lie in two pieces. */
function createCounter() {
  let last = 0;
  return (data, from, to) => {
    let count = 0;
    let at = data.indexOf(newline, from);
    while (at >= 0 && at < to) {
      if ((at === from ? last : data[at - 1]) === newline) count += 1;
      at = data.indexOf(newline, at + 1);
    }
    last = data[to - 1];
    return count;
  };
}

/** `{host, seconds}`: milliseconds to the first event, events after it and the seconds they took. */
export async function events({ host, seconds }, target) {
  const socket = await openConnection(target, host);
  const count = createCounter();
  let first = 0;
  let second = 0;
  let total = 0;
  const started = performance.now();
  let timer;
  await new Promise((resolve, reject) => {
    timer = setTimeout(resolve, seconds * 1000 + 500);
    const lost = () => reject(new Error('closed'));
    socket.once('error', lost).once('close', lost);
    const read = createResponseReader((data, from, to) => {
      const now = performance.now();
      total += count(data, from, to);
      if (first === 0 && total > 0) first = now;
      else if (second === 0 && total > 1) second = now;
    }, resolve);
    socket.on('data', read);
    socket.write(
      `GET /events?milliseconds=${Math.round(seconds * 1000)} HTTP/1.1\r\nhost: ${authorityOf(target, host)}\r\naccept: text/event-stream\r\n\r\n`,
    );
  });
  clearTimeout(timer);
  const ended = performance.now();
  socket.removeAllListeners('close').destroy();
  if (second === 0) throw new Error(`${total} events in ${seconds} s`);
  return { firstEvent: first - started, events: total - 1, seconds: (ended - second) / 1000, errors: 0 };
}
