// A TLS connection to a host of the upstream: through a proxy's CONNECT, or straight.
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Milliseconds without an answer after which a connection counts as failed. */
const limit = 5000;

/** Waits for the end of the proxy's head to CONNECT; what a proxy may add before TLS is nothing. */
async function openTunnel({ proxyPort, authorityPort }, host) {
  const socket = connect({ port: proxyPort, host: '127.0.0.1', noDelay: true });
  socket.setTimeout(limit, () => socket.destroy(new Error('the proxy did not answer')));
  await once(socket, 'connect');
  socket.write(`CONNECT ${host}:${authorityPort} HTTP/1.1\r\nHost: ${host}:${authorityPort}\r\n\r\n`);
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    const part = await new Promise((resolve, reject) => {
      const lost = (error) => reject(error ?? new Error('the proxy closed the tunnel'));
      socket.once('error', lost).once('close', lost);
      socket.once('data', (data) => {
        socket.off('error', lost).off('close', lost);
        socket.pause();
        resolve(data);
      });
      socket.resume();
    });
    head += part.toString('latin1');
  }
  if (!/^HTTP\/1\.[01] 200/.test(head)) {
    socket.destroy();
    throw new Error(`CONNECT: ${head.split('\r\n', 1)[0]}`);
  }
  socket.setTimeout(0);
  return socket;
}

/** `target` is a rig's connect information. The name and the chain are verified. */
export async function openConnection(target, host) {
  const socket = target.proxyPort === null ? null : await openTunnel(target, host);
  const under = socket ? { socket } : { host: '127.0.0.1', port: target.authorityPort };
  const secure = connectTls({
    ...under,
    servername: host,
    secureContext: target.context,
    ALPNProtocols: ['http/1.1'],
  });
  secure.setTimeout(limit, () => secure.destroy(new Error('no answer in time')));
  secure.setNoDelay(true);
  // Whoever uses the connection hears of its end by 'close'.
  secure.on('error', () => {});
  await once(secure, 'secureConnect');
  return secure;
}

/** What goes into the Host header. */
export function authorityOf(target, host) {
  return target.authorityPort === 443 ? host : `${host}:${target.authorityPort}`;
}
