import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { importScript } from '../support/scripts.js';

interface Rig {
  readonly name: string;
  readonly kind: string;
  readonly start: () => Promise<object>;
}

interface Result {
  readonly figures: { readonly requests?: { readonly median: number } };
  readonly failure: string | null;
}

interface Taken {
  readonly cases: readonly { readonly results: Readonly<Record<string, Result>> }[];
}

const { runCases } = await importScript<{ runCases: (settings: object) => Promise<Taken> }>(
  'bench/proxy/run.mjs',
);
const { default: direct } = await importScript<{ default: Rig }>('bench/proxy/rigs/direct.mjs');
const { default: smallGets } = await importScript<{ default: object }>('bench/proxy/cases/small-gets.mjs');
const certificates = await importScript<{
  makeAuthority: (name: string) => Promise<{ certificate: string }>;
  makeLeaf: (authority: object, names: readonly string[]) => Promise<{ cert: string; key: string }>;
}>('bench/shared/certificates.mjs');

/** A server that answers each request by itself, whatever it is asked. */
async function rigThatAnswers(name: string, answer: (socket: Duplex) => void): Promise<Rig> {
  const authority = await certificates.makeAuthority(name);
  const leaf = await certificates.makeLeaf(authority, ['*.bench.test']);
  const server = createServer(leaf, ({ socket }) => answer(socket));
  return {
    name,
    kind: 'peer',
    async start() {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return {
        connect: { proxyPort: null, authorityPort: port, certificate: authority.certificate },
        pids: [],
        async stop() {
          server.close();
          server.closeAllConnections();
        },
      };
    },
  };
}

it('a rig that fails in one way or another costs its own cells only', async () => {
  const rigs = [
    direct,
    await rigThatAnswers('cache', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')),
    await rigThatAnswers('no framing', (socket) => socket.end('HTTP/1.1 500 Oops\r\n\r\n')),
    await rigThatAnswers('rubbish', (socket) => socket.end('\0\0\0\r\n\r\n')),
    { name: 'dead', kind: 'peer', start: () => Promise.reject(new Error('it did not start')) },
  ];
  const said: string[] = [];
  const { cases } = await runCases({
    rigs,
    cases: [{ ...smallGets, warmsUp: false }],
    quick: true,
    rounds: 1,
    say: (text: string) => said.push(text),
  });
  const results = cases[0]?.results ?? {};
  expect(results['direct']?.failure).toBeNull();
  expect(results['direct']?.figures.requests?.median).toBeGreaterThan(0);
  expect(results['cache']?.failure).toMatch(/^\d+ answers, of which the upstream gave 0$/);
  expect(results['cache']?.figures).toEqual({});
  expect(results['no framing']?.figures.requests?.median ?? 0).toBe(0);
  expect(results['rubbish']?.figures.requests?.median ?? 0).toBe(0);
  expect(results['dead']).toMatchObject({ figures: {}, failure: 'it did not start' });
  expect(said).toContain('  dead, small-gets: it did not start');
});
