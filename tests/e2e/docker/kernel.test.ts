import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground } from '../../support/bottles.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const bottle = 'resources: {memory: 192m}\negress: {routes: []}\n';
needs('docker engine', found !== null, 'the filter of system calls in a Docker bottle', () => {
  const engine = found as TestEngine;
  let playground: Playground;
  let before: string[];
  beforeAll(async () => {
    before = await leftovers(engine, []);
    playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: 'runc' });
  });
  afterAll(async () => {
    playground.remove();
    expect(await leftovers(engine, [])).toEqual(before);
  });
  const python = async (attack: string) => {
    const { stdout, stderr } = await playground.run(['python3', `/workspace/attacks/${attack}.py`]);
    expect(stdout, stderr).toMatch(/^\{/);
    return JSON.parse(stdout);
  };

  it('closes everything that the engine’s own leaves open', async () => {
    const { succeeded, outcomes } = await python('kernel');
    expect(succeeded).toEqual([]);
    expect(outcomes).toMatchObject({
      'a vsock socket': expect.stringContaining('not permitted'),
      'a kernel crypto socket': expect.stringContaining('not permitted'),
      'a Bluetooth socket': expect.stringContaining('not permitted'),
      io_uring: expect.stringContaining('not implemented'),
    });
  });

  it('makes no namespace by any call', async () => {
    const script = `
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
x64 = platform.machine() == "x86_64"
def call(number, *arguments):
    result = libc.syscall(number, *[ctypes.c_long(one) for one in arguments])
    return "made" if result >= 0 else ctypes.get_errno()
flags = [0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000, 0x04000000, 0x02000000]
print([call(56 if x64 else 220, flag | 17, 0, 0, 0, 0) for flag in flags])
print([call(272 if x64 else 97, flag) for flag in flags + [0x80]])
print(call(435, 0, 88))
`;
    const { stdout, stderr } = await playground.run(['python3', '-c', script]);
    expect(stdout.trim().split('\n'), stderr).toEqual([
      '[1, 1, 1, 1, 1, 1, 1]',
      '[1, 1, 1, 1, 1, 1, 1, 1]',
      '38',
    ]);
  });

  it('lets ordinary programs work', async () => {
    const script = `set -e
cd /tmp; git init -q repository; cd repository; echo a > a; git add a
git -c user.name=a -c user.email=a@example.com commit -qm a; git gc -q
python3 - <<'P'
import concurrent.futures, mmap, multiprocessing, os, socket, sqlite3, subprocess, tempfile, threading
with concurrent.futures.ThreadPoolExecutor(8) as pool: assert sum(pool.map(lambda n: n, range(100))) == 4950
queue = multiprocessing.Queue(); other = multiprocessing.Process(target=queue.put, args=(1,)); other.start(); assert queue.get() == 1; other.join()
a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
server = socket.create_server(("127.0.0.1", 0)); socket.create_connection(server.getsockname()).close()
sqlite3.connect("/tmp/x.db").execute("create table a (b)")
assert subprocess.check_output("seq 3 | sort -r | head -1", shell=True) == b"3\\n"
mmap.mmap(-1, 4096).write(b"x"); tempfile.TemporaryFile().write(b"x")
P
node -e 'const w=new (require("worker_threads").Worker)("process.exit(0)",{eval:true});w.on("exit",()=>require("fs").promises.cp("/tmp/repository","/tmp/copy",{recursive:true}).then(()=>console.log("fine")))'
mkdir -p d/e && tar -cf - d | tar -xf - -C /tmp && rg -c a /tmp/repository/a`;
    const { stdout, stderr, code } = await playground.run(['sh', '-c', script]);
    expect([stdout, code], stderr).toEqual(['fine\n1\n', 0]);
  });
});

needs(
  'gVisor in the Docker engine',
  found?.runtimes.includes('runsc') === true,
  'limits under gVisor',
  () => {
    const engine = found as TestEngine;
    it('no set-user-ID file outlives a bottle whose kernel looks at no filter of ours', async () => {
      const playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: 'runsc' });
      try {
        const { stdout, stderr } = await playground.run(['python3', '/workspace/attacks/setid.py']);
        expect(stdout, stderr).toMatch(/^\{/);
        const names = readdirSync(playground.workspace, { recursive: true, encoding: 'utf8' });
        const made = names.filter((name) => name.startsWith('setid-'));
        expect(made.length).toBeGreaterThan(10);
        const left = made.filter((name) => {
          const status = lstatSync(join(playground.workspace, name));
          return status.isFile() && (status.mode & 0o6000) !== 0;
        });
        expect(left).toEqual([]);
        if (JSON.parse(stdout).succeeded.length > 0) expect(stderr).toMatch(/the bits are off/);
      } finally {
        playground.remove();
      }
    });

    it('that aren’t held are told of where the manifest sets them', async () => {
      const playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: 'runsc' });
      try {
        const info = await engine.docker.info();
        const loose = JSON.stringify(info.Runtimes.runsc).includes('--ignore-cgroups');
        const { code, stderr } = await playground.run(['true']);
        expect(code, stderr).toBe(0);
        if (loose) expect(stderr).toBe('the runtime runsc holds the bottle as a whole to no memory here\n');
        else expect(stderr).toBe('');
      } finally {
        playground.remove();
      }
    });
  },
);
