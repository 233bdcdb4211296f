import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Canary, headerValues, startCanary } from '../support/canary.js';
import { gitListener } from '../support/git-server.js';
import { hasProgram, needs } from '../support/needs.js';
import { openProgramRoom, type ProgramRoom } from '../support/programs.js';
import { secretValue } from '../support/proxy-rig.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

const folder = mkdtempSync(join(tmpdir(), 'upstreams-'));
let api: Canary;
let git: Canary;
let registry: Canary;
let sidecar: SidecarProcess;
let room: ProgramRoom;

const answerJson: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const body = Buffer.concat(chunks);
    const sum = createHash('sha256').update(body).digest('hex');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, path: request.url, size: body.length, sum }));
  });
};

/** A registry of one scoped package. */
function registryListener(): RequestListener {
  const source = join(folder, 'package');
  mkdirSync(source);
  writeFileSync(join(source, 'package.json'), '{"name":"@scope/tiny","version":"1.2.3"}');
  writeFileSync(join(source, 'index.js'), 'module.exports = 42;\n');
  execFileSync('tar', ['-czf', join(folder, 'tiny.tgz'), '-C', folder, 'package']);
  const tarball = readFileSync(join(folder, 'tiny.tgz'));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: 'https://registry.test/@scope/tiny/-/tiny-1.2.3.tgz', integrity };
  const versions = { '1.2.3': { name: '@scope/tiny', version: '1.2.3', dist } };
  return (request, response) => {
    request.resume();
    if (request.url === '/@scope/tiny/-/tiny-1.2.3.tgz') response.end(tarball);
    else if (request.url?.toLowerCase() === '/@scope%2ftiny') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: '@scope/tiny', 'dist-tags': { latest: '1.2.3' }, versions }));
    } else response.writeHead(404).end('{}');
  };
}

function makeRepository(): void {
  const work = join(folder, 'work');
  const run = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', '-C', work, ...args], {
      stdio: 'ignore',
    });
  mkdirSync(work);
  run('init', '-q', '-b', 'main');
  writeFileSync(join(work, 'file.txt'), 'from the upstream\n');
  run('add', '.');
  run('commit', '-qm', 'first');
  execFileSync('git', ['clone', '-q', '--bare', work, join(folder, 'repository.git')], { stdio: 'ignore' });
}

function hasRequests(): boolean {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import requests'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  const authority = await createTestAuthority();
  makeRepository();
  api = await startCanary({ authority, names: ['api.test'] }, answerJson);
  git = await startCanary({ authority, names: ['git.test'] }, gitListener(folder));
  registry = await startCanary({ authority, names: ['registry.test'] }, registryListener());
  const own = { certificateAuthority: authority.certificate };
  sidecar = await startSidecar({
    routes: [
      routeTo('api.test', api.port, { ...own, auth: { scheme: 'Bearer', secret: 'TOKEN' } }),
      routeTo('git.test', git.port, { ...own, matches: [], gitFetch: true }),
      routeTo('registry.test', registry.port, {
        ...own,
        matches: [
          { paths: [{ type: 'prefix', value: '/@scope%2ftiny' }] },
          { paths: [{ type: 'prefix', value: '/@scope/tiny' }] },
        ],
      }),
    ],
    secrets: { TOKEN: secretValue },
  });
  room = openProgramRoom(sidecar);
});
afterAll(async () => {
  room?.[Symbol.dispose]();
  await sidecar?.[Symbol.asyncDispose]();
  for (const upstream of [api, git, registry]) await upstream?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

needs(
  'curl',
  hasProgram('curl'),
  'curl gets, posts 2 MB with 100-continue, and reads why it was refused',
  () => {
    test('through the proxy', async () => {
      const got = await room.run('curl', ['-sS', 'https://api.test/x?y=z']);
      expect(JSON.parse(got.stdout)).toMatchObject({ method: 'GET', path: '/x?y=z' });
      expect(headerValues(api.requests.at(-1), 'authorization')).toEqual([`Bearer ${secretValue}`]);
      const body = 'm'.repeat(2_000_000);
      writeFileSync(join(room.folder, 'body'), body);
      const posted = await room.run('curl', [
        '-sS',
        '--data-binary',
        '@body',
        '-H',
        'Expect: 100-continue',
        'https://api.test/up',
      ]);
      expect(JSON.parse(posted.stdout)).toMatchObject({
        size: 2_000_000,
        sum: createHash('sha256').update(body).digest('hex'),
      });
      const refused = await room.run('curl', [
        '-sS',
        '-o',
        '/dev/null',
        '-w',
        '%{http_connect} %{errormsg}',
        'https://denied.test/',
      ]);
      expect(refused.stdout).toMatch(/^403 /);
    });
  },
);

needs('git', hasProgram('git'), 'git clones over HTTPS, and cannot push', () => {
  test('through the proxy', async () => {
    const cloned = await room.run('git', ['clone', '-q', 'https://git.test/repository.git', 'clone']);
    expect(cloned).toMatchObject({ code: 0 });
    expect(readFileSync(join(room.folder, 'clone/file.txt'), 'utf8')).toBe('from the upstream\n');
    const pushed = await room.run('git', ['-C', 'clone', 'push', '-q', 'origin', 'HEAD:refs/heads/other']);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('403');
    expect(git.requests.some(({ line }) => line.includes('receive-pack'))).toBe(false);
  });
});

needs('npm', hasProgram('npm'), 'npm installs a scoped package', () => {
  test('through the proxy', async () => {
    writeFileSync(join(room.folder, 'package.json'), '{}');
    const installed = await room.run(
      'npm',
      ['install', '--no-audit', '--no-fund', '--no-update-notifier', '@scope/tiny'],
      {
        npm_config_registry: 'https://registry.test/',
        npm_config_cache: join(room.folder, 'cache'),
      },
    );
    expect(installed).toMatchObject({ code: 0 });
    expect(createRequire(join(room.folder, 'x.js'))('@scope/tiny')).toBe(42);
  });
});

test('Node fetches', async () => {
  const undici = createRequire(import.meta.url).resolve('undici');
  const script = `
    const { EnvHttpProxyAgent, setGlobalDispatcher } = require(${JSON.stringify(undici)});
    setGlobalDispatcher(new EnvHttpProxyAgent());
    fetch('https://api.test/node', { method: 'POST', body: 'hello' }).then((r) => r.text()).then(console.log);`;
  const fetched = await room.run(process.execPath, ['-e', script]);
  expect(JSON.parse(fetched.stdout)).toMatchObject({ method: 'POST', path: '/node', size: 5 });
});

needs('python3', hasProgram('python3'), 'Python’s urllib gets', () => {
  test('through the proxy', async () => {
    const got = await room.run('/usr/bin/python3', [
      '-c',
      'import urllib.request as u; print(u.urlopen("https://api.test/urllib").read().decode())',
    ]);
    expect(JSON.parse(got.stdout)).toMatchObject({ path: '/urllib' });
  });
});

needs('python3-requests', hasProgram('python3') && hasRequests(), 'Python’s requests posts', () => {
  test('through the proxy', async () => {
    const got = await room.run('/usr/bin/python3', [
      '-c',
      'import requests; s = requests.Session(); s.get("https://api.test/a"); print(s.post("https://api.test/requests", json={"a": 1}).text)',
    ]);
    expect(JSON.parse(got.stdout)).toMatchObject({ method: 'POST', path: '/requests' });
  });
});

needs('openssl', hasProgram('openssl'), 'the certificates stand up to openssl’s strict checks', () => {
  test('through the proxy', async () => {
    const [, host, port] = ['', 'api.test', sidecar.port];
    const shown = await room.run('openssl', [
      's_client',
      '-proxy',
      `127.0.0.1:${port}`,
      '-connect',
      `${host}:443`,
      '-servername',
      host,
      '-CAfile',
      'ca.pem',
      '-x509_strict',
      '-verify_hostname',
      host,
      '-verify_return_error',
      '-showcerts',
    ]);
    expect(shown.stdout).toContain('Verify return code: 0 (ok)');
    expect(existsSync(join(room.folder, 'ca.pem'))).toBe(true);
  });
});
