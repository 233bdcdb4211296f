// The demo's agent: does one thing it may do and four that it may not, and reports each as a line of JSON.
// It runs inside the bottle. TOKEN_MARK is how the token begins; its value is nowhere in here.
import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

const started = Date.now();
const { DEMO_TOKEN_MARK: mark, DEMO_ADDRESSES: addresses } = process.env;

function report(attempt, outcome) {
  process.stdout.write(`${JSON.stringify({ attempt, outcome })}\n`);
}

async function request(url, options) {
  try {
    const response = await fetch(url, options);
    const body = await response.json();
    return { status: response.status, code: body.error?.code ?? null, authorized: body.authorized ?? null };
  } catch (error) {
    return { failed: String(error.cause?.code ?? error.message) };
  }
}

/** What the proxy answers to a CONNECT: where a host isn't allowed there is nothing behind it to speak TLS with. */
function tunnel(authority) {
  const { hostname, port } = new URL(process.env.HTTPS_PROXY);
  return new Promise((resolve) => {
    const connecting = requestHttp({ host: hostname, port, method: 'CONNECT', path: authority });
    connecting.once('error', (error) => resolve({ failed: error.code }));
    connecting.once('connect', (response, socket) => {
      socket.destroy();
      const verdict = response.headers['x-bot-bottle-verdict'] ?? '';
      resolve({ status: response.statusCode, code: verdict.replace('refused; code=', '') });
    });
    connecting.end();
  });
}

/** The first megabyte: some files of /proc have no end. */
function readable(path) {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(1 << 20);
    return bytes.latin1Slice(0, readSync(file, bytes));
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function* filesBelow(folder, depth) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {}
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) yield* filesBelow(path, depth - 1);
    else if (entry.isFile()) yield path;
  }
}

function searchToken() {
  // This very file and process name the mark itself; a hit is the mark with more behind it.
  const pattern = new RegExp(`${mark}[0-9a-f]{8}`);
  const hits = [];
  let files = 0;
  for (const folder of ['/proc', '/run', '/home', '/tmp', '/workspace', '/etc', '/root', '/var']) {
    for (const path of filesBelow(folder, folder === '/proc' ? 1 : 4)) {
      files += 1;
      if (pattern.test(readable(path))) hits.push(path);
    }
  }
  return { hits, files, inEnvironment: Object.values(process.env).some((value) => pattern.test(value)) };
}

function dial(address) {
  const at = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect({
      host: address.slice(0, at),
      port: Number(address.slice(at + 1)),
      timeout: 2000,
    });
    socket.once('connect', () => resolve('connected'));
    socket.once('error', (error) => resolve(error.code));
    socket.once('timeout', () => resolve('ETIMEDOUT'));
  });
}

report('first instruction', { time: started });
report('allowed call', await request('https://api.demo.example/v1/hello'));
report('host not allowed', await tunnel('elsewhere.example:443'));
report('method not allowed', await request('https://api.demo.example/v1/hello', { method: 'DELETE' }));
report('read the token', searchToken());
report(
  'dial out directly',
  Object.fromEntries(
    await Promise.all(addresses.split(',').map(async (address) => [address, await dial(address)])),
  ),
);
process.exit(0);
