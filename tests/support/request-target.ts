import type { Socket } from 'node:net';
import { type Canary, headerValues, startCanary } from './canary.js';
import type { FuzzTarget } from './fuzzing.js';
import { askInside, openSocket, openTunnel, sendRaw } from './raw-client.js';
import { makeRequestCase, portMark, type RequestCase } from './request-generator.js';
import { routeTo } from './routes.js';
import { type SidecarProcess, startSidecar } from './sidecar-process.js';
import { createTestAuthority } from './test-authority.js';

interface Parts {
  readonly allowed: Canary;
  readonly denied: Canary;
  readonly sidecar: SidecarProcess;
}

let started: Promise<Parts> | undefined;
let checked = 0;

async function start(): Promise<Parts> {
  const authority = await createTestAuthority();
  const allowed = await startCanary({ authority, names: ['allowed.test'] });
  const denied = await startCanary(null);
  const sidecar = await startSidecar({
    routes: [
      routeTo('allowed.test', allowed.port, {
        certificateAuthority: authority.certificate,
        matches: [{ paths: [{ type: 'prefix', value: '/ok' }] }],
      }),
    ],
  });
  return { allowed, denied, sidecar };
}

/** Bytes on the proxy's socket: it lives, nothing but what the one route allows gets out, every answer is HTTP. */
const target: FuzzTarget<RequestCase> = {
  summary: 'bytes on the socket of the proxy, outside and inside its TLS',
  makeCase: makeRequestCase,
  show: ({ way, bytes, cuts }) =>
    `${way}, cut at ${cuts.join(' ')}: ${JSON.stringify(bytes.toString('latin1'))}`,
  async check(value) {
    started ??= start();
    const parts = await started;
    const text = await converse(parts, value);
    for (const problem of [answerProblem(text, value.way), ...escapes(parts)])
      if (problem) throw new Error(problem);
    checked += 1;
    if (checked % 20 === 0) await expectAlive(parts);
  },
  async close() {
    const parts = await started;
    if (!parts) return;
    await expectAlive(parts);
    await parts.sidecar[Symbol.asyncDispose]();
    await parts.allowed[Symbol.asyncDispose]();
    await parts.denied[Symbol.asyncDispose]();
  },
};

export default target;

/** Sends the bytes in their pieces, ends, and reads until the other side ends. */
async function converse(
  { sidecar, denied }: Parts,
  { way, bytes: made, cuts }: RequestCase,
): Promise<string> {
  const bytes = Buffer.from(made.toString('latin1').replaceAll(portMark, String(denied.port)), 'latin1');
  const socket = await open(sidecar, way);
  let text = '';
  const ended = new Promise<void>((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('end', () => socket.destroy());
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (socket.destroyed) break;
    socket.write(bytes.subarray(from, cut));
    from = cut;
    await new Promise(setImmediate);
  }
  socket.end();
  const timer = setTimeout(() => socket.destroy(new Error('late')), 5000);
  await ended;
  clearTimeout(timer);
  if (socket.errored?.message === 'late') throw new Error('the connection did not end within 5 s');
  return text;
}

async function open(sidecar: SidecarProcess, way: RequestCase['way']): Promise<Socket> {
  if (way === 'tunnel') return openTunnel({ ...sidecar, host: 'allowed.test' });
  const socket = await openSocket(sidecar.port);
  if (way === 'outer') return socket;
  await sendRaw(socket, 'CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
  return socket;
}

/** Every answer whole and well-formed, but for the last, which a cut connection may shorten. */
function answerProblem(text: string, way: RequestCase['way']): string | null {
  // A TLS alert: what came in the clear began like a handshake.
  if (way === 'clear' && text.startsWith('\x15\x03')) return null;
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (!/^HTTP\/1\.1 [1-5]\d\d [ -~]*\r\n/.test(rest))
      return `not HTTP: ${JSON.stringify(rest.slice(0, 100))}`;
    if (end === -1) return null;
    const head = rest.slice(0, end);
    if (!/^[^\r\n]+(?:\r\n[!#-'*+.0-9A-Z^-z|~-]+: [\t -~\x80-\xff]*)*$/.test(head)) {
      return `a broken header: ${JSON.stringify(head.slice(0, 300))}`;
    }
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const bodiless = /^HTTP\/1\.1 (?:1|204|304)/.test(head) || rest.startsWith('HTTP/1.1', end + 4);
    rest = rest.slice(end + 4 + (bodiless ? 0 : length));
    // What follows the tunnel's opening is no HTTP of the proxy's.
    if (/^HTTP\/1\.1 200 Connection Established/.test(head) && rest.startsWith('\x15')) return null;
  }
  return null;
}

/** What reached the upstreams and may not have. */
function escapes({ allowed, denied, sidecar }: Parts): (string | null)[] {
  const requests = allowed.requests.splice(0);
  return [
    sidecar.child.exitCode === null ? null : 'the sidecar is dead',
    denied.connections() === 0 ? null : 'the denied upstream was reached',
    ...requests.map((request) => {
      const [method = '', path = ''] = request.line.split(' ');
      // A reading of its own, not the proxy's.
      const url = new URL(path.replaceAll('\\', '/'), 'http://allowed.test');
      const wrong =
        !/^\/ok(?:\/|$)/.test(decodeURIComponent(url.pathname.replace(/%(?![0-7])/g, '%25'))) ||
        /\/git-receive-pack(?:\/|$)/i.test(url.pathname) ||
        url.searchParams.getAll('service').some((service) => service.includes('git-receive-pack')) ||
        /^(?:TRACE|TRACK|CONNECT)$/i.test(method) ||
        headerValues(request, 'host').join() !== 'allowed.test';
      return wrong ? `this got out: ${JSON.stringify(request)}` : null;
    }),
  ];
}

async function expectAlive({ sidecar, allowed }: Parts): Promise<void> {
  const answer = await askInside(
    { ...sidecar, host: 'allowed.test' },
    'GET /ok HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
  );
  allowed.requests.length = 0;
  if (answer.status !== 200) throw new Error(`the sidecar no longer answers: ${answer.text}`);
}
