// WebSocket messages (RFC 6455) that the upstream sends back, some always on their way on each connection.
import { authorityOf, openConnection } from '../tunnel.mjs';

const payload = 64;
// Masked with a key of zeros: the payload as it is.
const message = Buffer.concat([
  Buffer.from([0x81, 0x80 | payload, 0, 0, 0, 0]),
  Buffer.alloc(payload, 'message '),
]);
const echoBytes = 2 + payload;

async function upgrade(target, host) {
  const socket = await openConnection(target, host);
  socket.write(
    `GET /socket HTTP/1.1\r\nhost: ${authorityOf(target, host)}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const head = await new Promise((resolve, reject) => {
    socket.once('data', resolve).once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
  socket.removeAllListeners('close');
  if (!head.toString('latin1').startsWith('HTTP/1.1 101')) {
    socket.destroy();
    throw new Error(`upgrade: ${head.toString('latin1').split('\r\n', 1)[0]}`);
  }
  return socket;
}

function keepSending(socket, window, deadline, shared) {
  return new Promise((resolve) => {
    let received = 0;
    socket.on('data', (data) => {
      received += data.length;
      const whole = Math.floor(received / echoBytes);
      received -= whole * echoBytes;
      shared.messages += whole;
      if (performance.now() >= deadline) return resolve();
      for (let count = 0; count < whole; count += 1) socket.write(message);
    });
    socket.once('close', () => {
      shared.errors += 1;
      resolve();
    });
    socket.on('error', () => {});
    for (let count = 0; count < window; count += 1) socket.write(message);
  });
}

/** `{host, connections, window, seconds}`: messages that came back. */
export async function messages({ host, connections, window, seconds }, target) {
  const sockets = await Promise.all(Array.from({ length: connections }, () => upgrade(target, host)));
  const shared = { messages: 0, errors: 0 };
  const giveUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const started = performance.now();
  const timer = setTimeout(giveUp, seconds * 1000 + 3000);
  await Promise.all(sockets.map((socket) => keepSending(socket, window, started + seconds * 1000, shared)));
  clearTimeout(timer);
  giveUp();
  return { ...shared, seconds: (performance.now() - started) / 1000 };
}
