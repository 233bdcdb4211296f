import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protectedPaths } from '../../../src/plan/protected-paths.js';
import { give, type StartedBottle, secretToken } from '../../support/bottles.js';
import { type Canaries, openCanaries } from '../../support/canaries.js';
import { type DockerPlayground, makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';
import { operators } from '../../support/operators.js';

const found = await findEngine();
const bottle = `egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: E2E_TOKEN}
`;
const python = (name: string) => ['python3', `/workspace/attacks/${name}.py`];
/** Each attempt waits for its own time-out: the targets are shared out among many attackers. */
const sideBySide = `
import json, subprocess, sys
targets = json.load(sys.stdin)
parts = [targets[first::32] for first in range(32)]
attackers = [subprocess.Popen(["python3", "/workspace/attacks/network.py"], stdin=-1, stdout=-1, text=True) for _ in parts]
for attacker, part in zip(attackers, parts):
    attacker.stdin.write(json.dumps(part))
    attacker.stdin.close()
answers = [json.loads(attacker.stdout.read()) for attacker in attackers]
print(json.dumps({
    "reached": [name for answer in answers for name in answer["reached"]],
    "outcomes": {name: what for answer in answers for name, what in answer["outcomes"].items()},
}))
`;
const [, root] = operators;

needs('docker engine', found !== null, 'attacks from inside a Docker bottle', () => {
  const engine = found as TestEngine;

  for (const operator of [found?.member, root].filter((one) => one !== undefined))
    needs(operator.part, operator.present, `started by ${operator.name}`, () => {
      let playground: DockerPlayground;
      beforeAll(() => {
        playground = makeDockerPlayground(engine, operator, bottle, { BOT_BOTTLE_RUNTIME: 'runc' });
        // Root's agent acts as the workspace's owner.
        give(playground.workspace, engine.member);
      });
      afterAll(async () => {
        playground.remove();
        expect(await leftovers(engine, [])).toEqual([]);
      });

      const runPython = async (name: string, input = '') => {
        const finished = await playground.runDocker(python(name), { input });
        expect(finished, finished.stderr).toMatchObject({ code: 0 });
        return JSON.parse(finished.stdout);
      };

      describe('the network, while another bottle runs', () => {
        let canaries: Canaries;
        let other: StartedBottle;
        let targets: unknown[];
        beforeAll(async () => {
          canaries = await openCanaries([]);
          other = playground.startDocker(['sh', '-c', 'echo up; exec sleep 300']);
          await other.seen('up');
          targets = [...canaries.targets, ...(await neighbours(engine.docker))];
        });
        afterAll(async () => {
          other.process.kill('SIGTERM');
          await other.finished;
          await canaries.close();
        });

        it('the host by every address, the other bottle, the metadata address and names outside are out of reach', async () => {
          const { code, stdout, stderr } = await playground.runDocker(['python3', '-c', sideBySide], {
            input: JSON.stringify(targets),
          });
          expect(code, stderr).toBe(0);
          const { reached, outcomes } = JSON.parse(stdout);
          const outside = reached.filter((name: string) => !/^icmp (127\.|::1)/.test(name));
          expect(outside, JSON.stringify(outcomes)).toEqual([]);
          expect(canaries.count()).toBe(0);
        });
      });

      it('the kernel’s other ways out are closed, and the agent is nobody special', async () => {
        const { succeeded, status } = await runPython('kernel');
        // What the default filter of engines before 25 leaves open; gVisor closes all four.
        const leftOpen = new Set([
          'a vsock socket',
          'io_uring',
          'a kernel crypto socket',
          'a Bluetooth socket',
        ]);
        expect(succeeded.filter((name: string) => !leftOpen.has(name))).toEqual([]);
        expect(status).toMatchObject({
          CapEff: '0000000000000000',
          CapPrm: '0000000000000000',
          CapInh: '0000000000000000',
          CapAmb: '0000000000000000',
          NoNewPrivs: '1',
          Seccomp: '2',
        });
        expect(status.Uid.split('\t')).not.toContain('0');
      }, 60_000);

      it('the token is nowhere that the agent can read', async () => {
        const backwards = [...secretToken].reverse().join('');
        const { found: places, looked } = await runPython('secret', backwards);
        expect(places).toEqual([]);
        expect(looked.files).toBeGreaterThan(100);
      });

      it('every protected path stays as it was', async () => {
        playground.write('.git/hooks/pre-commit', '#!/bin/sh\n');
        playground.write('.git/config', '[core]\n');
        playground.write('.vscode/settings.json', '{}');
        give(playground.workspace, engine.member);
        const present = protectedPaths.filter(({ placeholder }) => placeholder !== undefined);
        const { worked, tried } = await runPython(
          'protected',
          JSON.stringify(present.map(({ path }) => path)),
        );
        expect(worked).toEqual([]);
        expect(tried).toBeGreaterThan(100);
        expect(readFileSync(join(playground.workspace, '.git/hooks/pre-commit'), 'utf8')).toBe('#!/bin/sh\n');
        expect(readFileSync(join(playground.workspace, '.git/config'), 'utf8')).toBe('[core]\n');
      });

      it('a fork bomb ends at the limit', async () => {
        const bomb = `
import os, sys
children = 0
try:
    while children < 20000:
        if os.fork() == 0:
            import signal; signal.pause()
        children += 1
except OSError as error:
    print(children, error.errno)
sys.stdout.flush()
os.killpg(0, 9)
`;
        const { stdout } = await playground.runDocker(['setsid', '-w', 'python3', '-c', bomb]);
        const [children, errno] = stdout.trim().split(' ').map(Number);
        expect(errno).toBe(11);
        expect(children).toBeLessThan(1100);
      });
    });

  it('no secret is in anything that the engine tells', async () => {
    const playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: 'runc' });
    const started = playground.startDocker(['sh', '-c', 'echo up; exec sleep 300']);
    try {
      await started.seen('up');
      const told = await everythingTold(engine.docker);
      expect(told.length).toBeGreaterThan(10_000);
      expect(told).toContain('bot-bottle.bottle');
      expect(told.includes(secretToken)).toBe(false);
      expect(told.includes(Buffer.from(secretToken).toString('base64').slice(0, -2))).toBe(false);
      expect(/BEGIN [A-Z ]*PRIVATE KEY/.test(told)).toBe(false);
    } finally {
      started.process.kill('SIGTERM');
      await started.finished;
      playground.remove();
    }
  });

  it('once the sidecar is killed nothing gets out and nothing hangs', async () => {
    const playground = makeDockerPlayground(engine, engine.member, bottle, { BOT_BOTTLE_RUNTIME: 'runc' });
    const script = 'echo up; read line; curl -sS -m 5 https://api.example.com; echo "curl ended with $?"';
    const started = playground.startDocker(['sh', '-c', script]);
    try {
      await started.seen('up');
      const [sidecar] = await containersOf(engine.docker, 'sidecar');
      await engine.docker.getContainer(sidecar?.Id ?? '').kill();
      started.process.stdin?.end('go\n');
      const { stdout } = await started.finished;
      expect(stdout).toMatch(/curl ended with (5|7|28|35)\b/);
    } finally {
      playground.remove();
    }
    expect(await leftovers(engine, [])).toEqual([]);
  });
});

function containersOf(docker: Docker, role: string): Promise<Docker.ContainerInfo[]> {
  return docker.listContainers({ filters: JSON.stringify({ label: [`bot-bottle.role=${role}`] }) });
}

/** Every address that a running bottle and the engine's networks have, at ports where something listens there. */
async function neighbours(docker: Docker): Promise<[string, string, number][]> {
  const containers = await docker.listContainers({
    filters: JSON.stringify({ label: ['bot-bottle.bottle'] }),
  });
  const addresses = new Set(['169.254.169.254']);
  for (const { Id } of containers) {
    const { NetworkSettings } = await docker.getContainer(Id).inspect();
    for (const { IPAddress } of Object.values(NetworkSettings.Networks))
      if (IPAddress) addresses.add(IPAddress);
  }
  for (const { Id } of await docker.listNetworks()) {
    const { IPAM } = await docker.getNetwork(Id).inspect();
    for (const { Gateway } of IPAM?.Config ?? []) if (Gateway) addresses.add(Gateway);
  }
  expect(addresses.size).toBeGreaterThan(4);
  return [...addresses].flatMap((address) => [
    ...[22, 53, 80, 443, 3128].map((port) => ['tcp', address, port] as [string, string, number]),
    ['dns-udp', address, 53],
  ]);
}

async function everythingTold(docker: Docker): Promise<string> {
  const filters = JSON.stringify({ label: ['bot-bottle.bottle'] });
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const { Volumes } = await docker.listVolumes({ filters });
  const images = (await docker.listImages()).filter(({ RepoTags }) =>
    RepoTags?.some((tag) => tag.startsWith('bot-bottle/')),
  );
  const told: unknown[] = [containers, networks, Volumes];
  for (const { Id } of containers) {
    const container = docker.getContainer(Id);
    told.push(await container.inspect(), await container.top().catch(() => ''));
    const log = await container
      .logs({ stdout: true, stderr: true, follow: false })
      .catch((error: Error) => error.message);
    told.push(log.toString());
  }
  for (const { Id } of networks) told.push(await docker.getNetwork(Id).inspect());
  for (const { Id } of images)
    told.push(await docker.getImage(Id).inspect(), await docker.getImage(Id).history());
  return JSON.stringify(told);
}
