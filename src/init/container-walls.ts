// Runs in the agent's network namespace before there is an agent: sets its resolver, proves its walls (law 10), says so in one line.
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { verdictHeader } from '../contract/refusal.js';
import type { SidecarReady, SidecarWalls, WallsConfiguration, WallsMessage } from '../contract/walls.js';

/**
 * Milliseconds. Where something answers at all it does so at once, kernel to kernel on one machine: as fast as the
 * sidecar's kernel, which is asked too. Nobody there is who hasn't answered in this many times that, and never before the least.
 */
const leastSilence = 75;
const silenceFactor = 10;
const controlPatience = 2000;
/** Of the sidecar: nobody listens there, which its kernel says. */
const closedPort = 1;
/** It is ready and answers at once, but where dozens of bottles start side by side the processors are theirs. */
const proxyPatience = 30_000;
const largestAnswer = 16 * 1024;

/**
 * Where the host's bridge has no address its kernel still takes in what is sent to everybody, and hands it to any program
 * of the host's that listens on all addresses: the limited broadcast, and the group of all hosts (RFC 1112, 4).
 */
const toEverybody = ['255.255.255.255', '224.0.0.1'];
const filter = `table ip bottle {
  chain output {
    type filter hook output priority 0; policy accept;
    ip daddr 224.0.0.0/4 drop
    ip daddr 255.255.255.255 drop
  }
}`;

async function prove(): Promise<void> {
  // Before there is a network: the filter needs none.
  closeBroadcasts();
  const configuration = JSON.parse(await nextLine('the network was not joined')) as WallsConfiguration;
  writeFileSync(
    '/etc/resolv.conf',
    `nameserver ${configuration.resolver}\noptions ndots:0 timeout:2 attempts:2\n`,
  );
  assertRoutes(configuration);
  const sidecar = nextLine('the sidecar did not join its networks').then(
    (line) => JSON.parse(line) as SidecarWalls,
  );
  const silence = sidecar.then(() => timeOfAnswer(configuration.proxy.host)).then(silenceAfter);
  await Promise.all([
    silence,
    ...configuration.forbiddenAddresses.map((target) => assertSilent(target, silence)),
    ...toEverybody.map(assertUnsendable),
    // What is beyond the sidecar is asked for only once it is there: before that its silence proves nothing.
    sidecar.then(({ forbiddenAddresses }) =>
      Promise.all(forbiddenAddresses.map((target) => assertSilent(target, silence))),
    ),
  ]);
  // Not before it listens: the kernel asks for an address that doesn't answer only once a second.
  const ready = JSON.parse(await nextLine('the sidecar did not get ready')) as SidecarReady;
  process.stdin.destroy();
  writeFileSync(ready.path, ready.certificates);
  await assertProxyAnswers(configuration.proxy);
  assertNobodyAt(configuration.gateway);
}

/** To the internal network, and by default to its gateway, where nobody is; none of IPv6 but loopback's. */
function assertRoutes({ subnet, gateway }: WallsConfiguration): void {
  const [address = '', bits = ''] = subnet.split('/');
  const inside = [littleEndian(address), '00000000', littleEndian(maskOf(Number(bits)))].join(' ');
  const dead = ['00000000', littleEndian(gateway), '00000000'].join(' ');
  const routes = readFileSync('/proc/net/route', 'latin1').trim().split('\n').slice(1);
  for (const route of routes) {
    const fields = route.trim().split(/\s+/);
    const found = [fields[1], fields[2], fields[7]].join(' ');
    if (found !== inside && found !== dead) {
      throw new Error(`there is a route besides the internal network's: ${found}`);
    }
  }
  for (const [interfaceName, flags] of routesOfIpv6()) {
    // RTF_REJECT (linux/route.h): the kernel's own way to say that there is none.
    if (interfaceName !== 'lo' && (flags & 0x200) === 0)
      throw new Error(`there is an IPv6 route through ${interfaceName}`);
  }
}

/** After the attempts above the kernel has asked who has this address; ATF_COM (linux/if_arp.h) says that someone answered. */
function assertNobodyAt(gateway: string): void {
  const table = readFileSync('/proc/net/arp', 'latin1').trim().split('\n').slice(1);
  for (const line of table) {
    const [address, , flags] = line.trim().split(/\s+/);
    if (address === gateway && (Number(flags) & 0x2) !== 0) {
      throw new Error(`the host is on the internal network, at ${gateway}`);
    }
  }
}

function routesOfIpv6(): [string, number][] {
  let table: string;
  try {
    table = readFileSync('/proc/net/ipv6_route', 'latin1');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
  return table
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/))
    .map((fields) => [fields[9] ?? '?', Number.parseInt(fields[8] ?? '0', 16)]);
}

function maskOf(bits: number): string {
  const value = bits === 0 ? 0 : 2 ** 32 - 2 ** (32 - bits);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** As /proc/net/route writes addresses: the bytes reversed, in hexadecimal. */
function littleEndian(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return bytes.reverse().join('').toUpperCase();
}

function silenceAfter(answer: number): number {
  return Math.max(leastSilence, answer * silenceFactor);
}

/** Milliseconds until the kernel of somebody who is there refuses a connection. */
function timeOfAnswer(host: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: closedPort });
    const fail = (problem: string) => {
      socket.destroy();
      reject(new Error(`silence proves nothing here: of the sidecar itself nothing is heard (${problem})`));
    };
    socket.setTimeout(controlPatience, () => fail('silence'));
    socket.once('connect', () => fail('it accepted'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') resolve(performance.now() - began);
      else fail(String(code));
    });
  });
}

/**
 * A connection or a refusal means that a packet went there and one came back; silence and no route are walls.
 * @param silence milliseconds after which nobody is there
 */
function assertSilent(target: string, silence: Promise<number>): Promise<void> {
  const [host = '', port = ''] = target.split(':');
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) });
    const end = (problem: string | null) => {
      socket.destroy();
      if (problem === null) resolve();
      else reject(new Error(`${target} can be reached (${problem})`));
    };
    silence.then((needed) => setTimeout(() => end(null), began + needed - performance.now()), reject);
    socket.once('connect', () => end('it accepted a connection'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? 'it refused a connection' : null),
    );
  });
}

/** In the agent's own namespace, where it has no right to change it. */
function closeBroadcasts(): void {
  const { status, error, stderr } = spawnSync('nft', ['-f', '-'], { input: filter, encoding: 'utf8' });
  if (status !== 0) throw new Error(`broadcasts can't be filtered: ${error?.message ?? stderr.trim()}`);
}

/** The filter refuses a datagram to its sender: EPERM. */
function assertUnsendable(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.bind(0, () => {
      socket.setBroadcast(true);
      // The port for discarding (RFC 863).
      socket.send('', 9, target, (error) => {
        socket.close();
        if ((error as NodeJS.ErrnoException | null)?.code === 'EPERM') resolve();
        else reject(new Error(`datagrams to ${target}, and so to the host, are let through`));
      });
    });
  });
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** From the command line; where it is gone there is nothing to prove any more. */
async function nextLine(missing: string): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error(missing);
  return value;
}

async function assertProxyAnswers(proxy: WallsConfiguration['proxy']): Promise<void> {
  const problem = await askProxy(proxy);
  if (problem !== null)
    throw new Error(`the proxy at ${proxy.host}:${proxy.port} does not answer: ${problem}`);
}

/** Asks for the proxy itself, which it refuses in its own manner. */
function askProxy({ host, port }: WallsConfiguration['proxy']): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let answer = '';
    const end = (problem: string | null) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setEncoding('latin1').setTimeout(proxyPatience, () => end('it is silent'));
    socket.once('error', ({ message }) => end(message));
    socket.once('close', () => end('it closed the connection'));
    socket.on('data', (text: string) => {
      answer += text;
      const complete = answer.includes('\r\n\r\n');
      if (complete)
        end(answer.toLowerCase().includes(`\r\n${verdictHeader}:`) ? null : 'something else does');
      else if (answer.length > largestAnswer) end('something else does');
    });
    socket.write('GET / HTTP/1.1\r\nHost: bot-bottle\r\nConnection: close\r\n\r\n');
  });
}

function say(message: WallsMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const started = performance.now();
prove().then(
  () => say({ type: 'proved', milliseconds: Math.round(performance.now() - started) }),
  (thrown: unknown) => {
    say({ type: 'refused', message: thrown instanceof Error ? thrown.message : String(thrown) });
    process.exitCode = 1;
  },
);
