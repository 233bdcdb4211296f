import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { compileRoutes } from '../../src/policy/routes.js';
import { startNameServer } from '../../src/sidecar/name-server.js';
import { plainRoute } from '../support/routes.js';

/** Asks for the address of allowed.test. */
const query = Buffer.concat([
  Buffer.from('000101000001000000000000', 'hex'),
  Buffer.from('\x07allowed\x04test\0\0\x01\0\x01', 'latin1'),
]);

it('a query from port 0, which nothing can be sent to, doesn’t end the sidecar', async () => {
  const { udp, tcp } = await startNameServer(compileRoutes([plainRoute]), {
    host: '127.0.0.1',
    port: 0,
    answer: '198.18.0.2',
  });
  const client = createSocket('udp4');
  try {
    // To send one takes a race that is lost now and then, or rights that a test may lack.
    const sender = { address: '127.0.0.1', family: 'IPv4', port: 0, size: query.length };
    expect(() => udp.emit('message', query, sender)).not.toThrow();
    client.send(query, (udp.address() as AddressInfo).port, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect([...answer.subarray(-4)]).toEqual([198, 18, 0, 2]);
  } finally {
    client.close();
    udp.close();
    tcp.close();
  }
});
