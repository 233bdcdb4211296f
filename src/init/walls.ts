import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { verdictHeader } from '../contract/refusal.js';

/** Milliseconds; an address without a route fails at once, so that waiting at all means that something let it through. */
const attemptTimeout = 1000;
/** A sidecar that is ready answers at once, but where dozens of bottles start side by side the processors are theirs. */
const proxyTimeout = 30_000;
const largestAnswer = 16 * 1024;

/** How the kernel says that there is no way to an address; anything else means that a packet went somewhere. */
const unreachable = new Set(['ENETUNREACH', 'EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/** The flag of a route that rejects (linux/route.h RTF_REJECT). */
const rejects = 0x0200;

/** Proves that nothing but loopback is here (law 10). Throws an error that says what was found instead. */
export async function assertNoRoute(forbiddenAddresses: readonly string[]): Promise<void> {
  const others = Object.entries(networkInterfaces()).filter(([, addresses]) =>
    addresses?.some(({ internal }) => !internal),
  );
  if (others.length > 0) throw new Error(`the sandbox has the network interface ${others[0]?.[0]}`);
  const route = routesBesidesLoopback()[0];
  if (route !== undefined) throw new Error(`the sandbox has a route through ${route}`);
  await Promise.all(forbiddenAddresses.map(assertUnreachable));
}

/** Proves that the proxy answers through the relay, and that it is the sidecar which answers. */
export function assertProxyAnswers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(`the proxy does not answer in the sandbox: ${reason}`));
    };
    socket.setTimeout(proxyTimeout, () => fail('it is silent'));
    socket.setEncoding('latin1');
    socket.on('error', ({ message }) => fail(message));
    socket.on('close', () => fail('it closed the connection'));
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 && answer.length < largestAnswer) return;
      if (!answer.slice(0, end).toLowerCase().includes(`\r\n${verdictHeader}:`))
        return fail('something else does');
      socket.removeAllListeners('close');
      socket.destroy();
      resolve();
    });
    // A request to the proxy itself, which it refuses.
    socket.end('GET / HTTP/1.1\r\nHost: bot-bottle\r\nConnection: close\r\n\r\n');
  });
}

/** Interfaces with a route, from the kernel's tables; IPv6 lists rejecting ones of loopback in every namespace. */
function routesBesidesLoopback(): string[] {
  const version4 = tableOf('/proc/net/route')
    .slice(1)
    .map((fields) => fields[0] ?? '?');
  const version6 = tableOf('/proc/net/ipv6_route')
    .filter((fields) => (Number.parseInt(fields[8] ?? '0', 16) & rejects) === 0)
    .map((fields) => fields[9] ?? '?');
  return [...version4, ...version6].filter((name) => name !== 'lo');
}

function tableOf(path: string): string[][] {
  try {
    const lines = readFileSync(path, 'latin1').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/));
  } catch (thrown) {
    // A kernel without IPv6 has no such table.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT' && path.includes('ipv6')) return [];
    throw new Error(`the sandbox can't read its own routes: ${path}`);
  }
}

function assertUnreachable(target: string): Promise<void> {
  const separator = target.lastIndexOf(':');
  const host = target.slice(0, separator).replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(target.slice(separator + 1)) });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(`the sandbox has a way to ${target} (${reason})`));
    };
    socket.setTimeout(attemptTimeout, () => fail('the attempt was not refused'));
    socket.on('connect', () => fail('it connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (unreachable.has(error.code ?? '')) resolve();
      else fail(error.code ?? error.message);
    });
  });
}
