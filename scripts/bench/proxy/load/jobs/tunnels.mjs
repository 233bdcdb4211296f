// Opens tunnels, lets each carry one request, and leaves them open until the next call.
import { authorityOf, openConnection } from '../tunnel.mjs';
import { firstResponse } from './connections.mjs';

const atOnce = 20;
let open = [];

async function openOne(target, host) {
  const socket = await openConnection(target, host);
  open.push(socket);
  await firstResponse(socket, authorityOf(target, host));
  socket.setTimeout(0);
}

/** `{host, count}`: closes what the last call left open, then opens `count` tunnels; 0 closes only. */
export async function tunnels({ host, count }, target) {
  for (const socket of open) socket.removeAllListeners('close').destroy();
  open = [];
  const started = performance.now();
  let left = count;
  let errors = 0;
  await Promise.all(
    Array.from({ length: Math.min(count, atOnce) }, async () => {
      while (left > 0) {
        left -= 1;
        await openOne(target, host).catch(() => {
          errors += 1;
        });
      }
    }),
  );
  return { open: open.length, errors, seconds: (performance.now() - started) / 1000 };
}
