import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Servers of the host's that count whoever reaches them. */
export interface Canaries {
  /** What an attacker tries: kind, address, port (null for a unix socket). */
  readonly targets: readonly (readonly [kind: string, address: string, port: number | null])[];
  /** Of TCP and UDP, on every address. */
  readonly port: number;
  /** Connections and datagrams so far. */
  count(): number;
  close(): Promise<void>;
}

/** What was reached, without the echoes of loopback: inside it is the bottle's own, and reaches nothing of the host's. */
export const withoutLoopback = (reached: readonly string[]): readonly string[] =>
  reached.filter((name) => !/^icmp (127\.|::1)/.test(name));

const names = ['example.com', 'host.docker.internal', 'metadata.google.internal'];

/**
 * Listens for TCP and UDP on every address of this machine, loopback included, on an abstract unix socket and on the
 * given socket files. Each is reached once from the host, so that a count of nothing means something.
 */
export async function openCanaries(socketFiles: readonly string[]): Promise<Canaries> {
  let count = 0;
  const listen = async (options: {
    port?: number;
    host?: string;
    path?: string;
    ipv6Only?: boolean;
  }): Promise<Server> => {
    const server = createServer((socket) => {
      count += 1;
      socket.on('error', () => {}).end('reached\n');
      // Who reached us may be gone without a word, its network with it.
      socket.destroySoon();
    });
    await once(server.listen(options), 'listening');
    return server;
  };
  const bind = async (kind: 'udp4' | 'udp6', port: number): Promise<UdpSocket> => {
    const socket = createSocket({ type: kind, ...(kind === 'udp6' && { ipv6Only: true }) });
    socket.on('message', () => {
      count += 1;
    });
    await once(socket.bind(port), 'listening');
    return socket;
  };
  const tcp4 = await listen({ port: 0, host: '0.0.0.0' });
  const { port } = tcp4.address() as AddressInfo;
  const abstractName = `bot-bottle-canary-${process.pid}-${port}`;
  const paths = [`\0${abstractName}`, ...socketFiles];
  const servers = [
    tcp4,
    await listen({ port, host: '::', ipv6Only: true }),
    ...(await Promise.all(paths.map((path) => listen({ path })))),
  ];
  const sockets = [await bind('udp4', port), await bind('udp6', port)];
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'));
  for (const path of paths) await once(connect(path).resume(), 'close');
  for (const { address } of addresses) await once(connect(port, address).resume(), 'close');
  const expected = paths.length + addresses.length;
  if (count !== expected) throw new Error(`the canaries counted ${count} of ${expected} connections`);
  count = 0;
  return {
    port,
    targets: [
      ...addresses.flatMap(({ address }) => [
        ['tcp', address, port] as const,
        ['udp', address, port] as const,
      ]),
      ...addresses.flatMap(({ address }) => [
        ['dns-udp', address, 53] as const,
        ['dns-tcp', address, 53] as const,
      ]),
      ...addresses.map(({ address }) => ['icmp', address, 0] as const),
      ['abstract', abstractName, null],
      ...socketFiles.map((path) => ['unix', path, null] as const),
      ...names.map((name) => ['name', name, null] as const),
    ],
    count: () => count,
    close: async () => {
      for (const socket of sockets) socket.close();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
