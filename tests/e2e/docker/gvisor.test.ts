import { afterAll, beforeAll, expect, it } from 'vitest';
import { secretToken } from '../../support/bottles.js';
import { type Canaries, openCanaries } from '../../support/canaries.js';
import { type DockerPlayground, makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, outerAddress, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const bottle = 'egress: {routes: [{host: api.example.com, auth: {scheme: Bearer, token_ref: E2E_TOKEN}}]}\n';

needs(
  'gVisor in the Docker engine',
  found?.runtimes.includes('runsc') === true,
  'a bottle under gVisor',
  () => {
    const engine = found as TestEngine;
    let playground: DockerPlayground;
    let canaries: Canaries;
    beforeAll(async () => {
      canaries = await openCanaries([]);
      // No runtime is named: gVisor is what a bottle gets where the engine has it.
      playground = makeDockerPlayground(engine, engine.member, bottle);
    });
    afterAll(async () => {
      playground.remove();
      await canaries.close();
      expect(await leftovers(engine, [])).toEqual([]);
    });

    it('is on another kernel than this machine’s', async () => {
      const { stdout } = await playground.runDocker(['sh', '-c', 'dmesg | head -1; cat /proc/version']);
      expect(stdout).toMatch(/gVisor/);
    });

    it('reaches nothing of this machine', async () => {
      const own = outerAddress();
      const few = canaries.targets.filter(([, address]) => [own, '127.0.0.1', '::1'].includes(address));
      const targets = JSON.stringify([...few, ['tcp', '169.254.169.254', 80]]);
      const { stdout, stderr, code } = await playground.runDocker(
        ['python3', '/workspace/attacks/network.py'],
        {
          input: targets,
        },
      );
      expect(code, stderr).toBe(0);
      const { reached } = JSON.parse(stdout);
      expect(reached.filter((name: string) => !/^icmp (127\.|::1)/.test(name))).toEqual([]);
      expect(canaries.count()).toBe(0);
    });

    it('mounts nothing, enters no namespace, opens no vsock, and reads no secret', async () => {
      const script = `
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def works(action):
    try: action()
    except OSError: return False
    return True
def call(*arguments):
    if libc.syscall(*arguments) < 0: raise OSError(ctypes.get_errno(), "refused")
print(works(lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, 0)),
      works(lambda: call(272, 0x40000000)),
      works(lambda: call(425, 1, ctypes.create_string_buffer(120))),
      works(lambda: socket.socket(40, socket.SOCK_STREAM)),
      works(lambda: socket.socket(17, socket.SOCK_RAW)),
      works(lambda: os.setuid(0)),
      [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")])
`;
      const kernel = await playground.runDocker(['python3', '-c', script]);
      expect(kernel.stdout, kernel.stderr).toBe("False False False False False False ['0000000000000000']\n");
      const backwards = [...secretToken].reverse().join('');
      const { stdout } = await playground.runDocker(['python3', '/workspace/attacks/secret.py'], {
        input: backwards,
      });
      expect(JSON.parse(stdout).found).toEqual([]);
    });
  },
);
