import { connect, createServer, type Socket } from 'node:net';

/**
 * Joins a loopback port of the sandbox to the sidecar's unix socket, byte for byte: an end of one side's sending is
 * passed on as such, a slow reader slows the sender, and an error of one side ends the other.
 */
export function startRelay(port: number, socketPath: string): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) =>
    join(client, connect({ path: socketPath, allowHalfOpen: true })),
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => {
      server.off('error', reject);
      // Out of descriptors: the connection is lost, the relay stays.
      server.on('error', () => {});
      resolve();
    });
  });
}

function join(client: Socket, sidecar: Socket): void {
  client.pipe(sidecar);
  sidecar.pipe(client);
  client.on('error', () => sidecar.destroy());
  sidecar.on('error', () => client.resetAndDestroy());
  client.on('close', () => sidecar.destroy());
  sidecar.on('close', () => {
    if (!client.writableEnded) client.destroy();
  });
}
