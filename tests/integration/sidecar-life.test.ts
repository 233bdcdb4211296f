import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { secretValue } from '../support/proxy-rig.js';
import { askProxy, openSocket, refusalCode } from '../support/raw-client.js';
import { plainRoute } from '../support/routes.js';
import { configurationOf, spawnSidecar, startSidecar } from '../support/sidecar-process.js';

/** Feeds one line and collects all until the process ends. */
async function runToEnd(input: string, endInput: boolean): Promise<{ code: number | null; output: string }> {
  const child = spawnSidecar();
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  child.stdin?.on('error', () => {});
  if (endInput) child.stdin?.end(input);
  else child.stdin?.write(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

const withSecret = (change: Record<string, unknown>) =>
  `${JSON.stringify({ ...configurationOf({ secrets: { TOKEN: secretValue } }), ...change })}\n`;

test.each([
  ['no JSON', `{"secrets": "${secretValue}\n`],
  ['another version', withSecret({ version: 2 })],
  ['a route that is none', withSecret({ routes: [{ host: 'a.test' }] })],
  ['two routes for one host', withSecret({ routes: [plainRoute, plainRoute] })],
  ['a host that is no host', withSecret({ routes: [{ ...plainRoute, host: '127.0.0.1' }] })],
  [
    'a broken pattern',
    withSecret({ routes: [{ ...plainRoute, matches: [{ paths: [{ type: 'regex', value: '(' }] }] }] }),
  ],
  [
    'a secret that is not there',
    withSecret({ routes: [{ ...plainRoute, auth: { scheme: 'Bearer', secret: 'NONE' } }] }),
  ],
  ['a secret that breaks a header', withSecret({ secrets: { A: `${secretValue}\r\nX: y` } })],
])('a configuration with %s ends the sidecar with a word that holds no secret', async (_name, line) => {
  const { code, output } = await runToEnd(line, false);
  expect(code).toBe(1);
  expect(JSON.parse(output)).toMatchObject({ type: 'fatal' });
  expect(output).not.toContain(secretValue);
});

test('an input that ends before its line ends the sidecar', async () => {
  expect((await runToEnd('{"version":1', true)).code).toBe(1);
});

test('it ends with its parent', async () => {
  const sidecar = await startSidecar({});
  const socket = await openSocket(sidecar.port);
  const ended = once(sidecar.child, 'exit');
  sidecar.child.stdin?.end();
  expect((await ended)[0]).toBe(0);
  socket.destroy();
  await expect(openSocket(sidecar.port)).rejects.toThrow('ECONNREFUSED');
});

test('it ends on SIGTERM', async () => {
  const sidecar = await startSidecar({});
  const ended = once(sidecar.child, 'exit');
  sidecar.child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});

test('its unix socket is for its user alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bottle-'));
  try {
    const socketPath = join(folder, 'proxy.sock');
    await using sidecar = await startSidecar({ listen: { socketPath } });
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const socket = connect(socketPath);
    const answer = once(socket, 'data');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await answer)[0])).toContain('request-to-proxy');
    socket.destroy();
    expect(sidecar.child.exitCode).toBe(null);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the proof of its walls, which comes first, has no event; the same request of an agent has', async () => {
  await using sidecar = await startSidecar({});
  const toProxy = 'GET / HTTP/1.1\r\nHost: bot-bottle\r\nConnection: close\r\n\r\n';
  for (let count = 0; count < 3; count += 1)
    expect(refusalCode(await askProxy(sidecar.port, toProxy))).toBe('request-to-proxy');
  const closed = once(sidecar.child, 'close');
  sidecar.child.stdin?.end();
  await closed;
  expect(sidecar.events).toMatchObject([
    { request: 2, code: 'request-to-proxy' },
    { request: 3, code: 'request-to-proxy' },
  ]);
});

test('a first request that is no proof has its event', async () => {
  await using sidecar = await startSidecar({});
  await askProxy(sidecar.port, 'CONNECT no.test:443 HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await sidecar.event(({ request }) => request === 1)).toMatchObject({ code: 'host-not-allowed' });
});

test('a parent that does not read its events stops nothing', { timeout: 60_000 }, async () => {
  await using sidecar = await startSidecar({});
  sidecar.child.stdout?.pause();
  for (let round = 0; round < 40; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        askProxy(sidecar.port, 'CONNECT no.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'),
      ),
    );
    expect(answers.every(({ status }) => status === 403)).toBe(true);
  }
  sidecar.child.stdout?.resume();
  await sidecar.event(({ request }) => request === 2000);
});

test('its environment, arguments and open files hold no secret', async () => {
  await using sidecar = await startSidecar({ secrets: { TOKEN: secretValue } });
  const { readFileSync } = await import('node:fs');
  for (const file of ['environ', 'cmdline']) {
    expect(readFileSync(`/proc/${sidecar.child.pid}/${file}`, 'latin1')).not.toContain(secretValue);
  }
});
