// Plays the Internet in a network namespace of its own (unshare --net --mount): a public address, upstreams, names.
// Says {"ready"} with the upstreams' authority, then each question for a name,
// each connection and each request, one JSON value a line.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startNameServer } from '../support/name-server.js';
import { createTestAuthority } from '../support/test-authority.js';

const address = '11.22.33.44';

function must(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

must('ip', 'link', 'set', 'lo', 'up');
must('ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
// Sockets of running bottles lie in /run: those of this machine and those of the test stay apart.
// A folder of a disk, because not every kernel maps ids on tmpfs.
const run = join(dirname(fileURLToPath(import.meta.url)), 'run');
mkdirSync(run, { mode: 0o755 });
must('mount', '--bind', run, '/run');

const listener: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.once('end', () => {
    say({ request: `${request.method} ${request.headers.host}${request.url}`, body });
    response.end('hello from outside\n');
  });
};
const authority = await createTestAuthority();
const names = await startNameServer({ '*': [[address]] }, (question) => say({ asked: question }));
const tls = await authority.issue(['*.public.test'], {});
const servers = [
  createHttpsServer(tls, listener).listen(443, address),
  createHttpServer(listener).listen(80, address),
];
for (const server of servers) server.on('connection', () => say({ connection: true }));
await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
say({ ready: { certificate: authority.certificate, nameServer: names.address } });
process.stdin.resume().once('end', () => process.exit(0));
