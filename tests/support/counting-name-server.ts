import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { encodeAnswer, parseQuery, responseCodes } from '../../src/policy/dns-message.js';

/** A name server that knows every name and remembers each that it was asked for. */
export interface CountingNameServer extends AsyncDisposable {
  readonly address: string;
  names(): readonly string[];
}

export async function startCountingNameServer(address: string, port: number): Promise<CountingNameServer> {
  const names: string[] = [];
  const udp = createSocket('udp4');
  udp.on('message', (message, { address: from, port: fromPort }) => {
    const parsed = parseQuery(message);
    if (parsed.kind !== 'query') return;
    names.push(parsed.query.name);
    udp.send(encodeAnswer(parsed.query, responseCodes.noError, '192.0.2.77', 1), fromPort, from);
  });
  await once(udp.bind(port, address), 'listening');
  const tcp = createServer((socket) => {
    names.push('(by TCP)');
    socket.on('error', () => {}).end();
  });
  await once(tcp.listen(port, address), 'listening');
  return {
    address,
    names: () => names,
    async [Symbol.asyncDispose]() {
      udp.close();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}
