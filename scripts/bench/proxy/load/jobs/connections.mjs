// New connections one after another, each up to the end of its first response.
import { createResponseReader } from '../response.mjs';
import { authorityOf, openConnection } from '../tunnel.mjs';

export function firstResponse(socket, authority) {
  return new Promise((resolve, reject) => {
    const read = createResponseReader(
      () => {},
      (status) => (status === 200 ? resolve() : reject(new Error(`status ${status}`))),
    );
    socket.on('data', read).once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.write(`GET /small HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
  });
}

async function oneConnection(target, host) {
  const started = performance.now();
  const socket = await openConnection(target, host);
  try {
    await firstResponse(socket, authorityOf(target, host));
    return performance.now() - started;
  } finally {
    socket.destroy();
  }
}

/** `{hosts, seconds?}`: one connection a name, in milliseconds, until the names or the time are used up. */
export async function connections({ hosts, seconds }, target) {
  const started = performance.now();
  const deadline = seconds ? started + seconds * 1000 : Number.POSITIVE_INFINITY;
  const latencies = [];
  let errors = 0;
  for (const host of hosts) {
    if (performance.now() > deadline) break;
    try {
      latencies.push(await oneConnection(target, host));
    } catch {
      errors += 1;
    }
  }
  return { latencies: Float64Array.from(latencies), seconds: (performance.now() - started) / 1000, errors };
}
