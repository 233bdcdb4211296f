import { describe, expect, it } from 'vitest';
import { addressesOf } from '../../../../src/backends/docker/addresses.js';
import {
  agentContainer,
  type ContainerFacts,
  keeperContainer,
  sidecarContainer,
} from '../../../../src/backends/docker/containers.js';
import type { BottlePlan } from '../../../../src/plan/plan.js';

const plan: BottlePlan = {
  id: 'a-1f2e',
  agent: 'a',
  bottles: ['b'],
  provider: 'shell',
  backend: 'docker',
  command: ['sh', '-c', 'true'],
  systemPrompt: '',
  environment: { HOME: '/home/agent', LANG: 'C.UTF-8' },
  workspace: { source: '/home/me/project', target: '/workspace', protectedPaths: [] },
  proxy: { host: 'sidecar.bottle.internal', port: 3128 },
  routes: [],
  secrets: [{ name: 'TOKEN', environmentVariable: 'TOKEN', where: 'b.md:1:1' }],
  extraCertificateAuthorities: [],
  nameServers: [],
  unknownHost: 'block',
  holdTimeout: 300_000,
};
const facts: ContainerFacts = {
  plan,
  owner: 'host/1/2',
  addresses: addressesOf(0),
  images: { agent: 'bot-bottle/shell:1', sidecar: 'bot-bottle/sidecar:1' },
  user: { uid: 1000, gid: 1000 },
  runtime: 'runsc',
  barrier: 'gVisor',
  unheldLimits: [],
  filtered: true,
  seccomp: '{}',
  terminal: null,
  protection: [
    { path: '.git', readOnly: false },
    { path: '.git/hooks', readOnly: true },
  ],
};

describe('containers of a bottle', () => {
  const all = {
    agent: agentContainer(facts),
    keeper: keeperContainer(facts),
    sidecar: sidecarContainer(facts),
  };

  it.each(Object.entries(all))(
    'the %s can gain no right, and leaves nothing of its memory on disk',
    (role, { HostConfig }) => {
      expect(HostConfig).toMatchObject({
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges', 'seccomp={}'],
        Privileged: false,
      });
      // The keeper filters what leaves the agent's network before there is an agent.
      expect(HostConfig?.CapAdd).toEqual(role === 'keeper' ? ['NET_ADMIN'] : undefined);
      expect(HostConfig?.Ulimits).toContainEqual({ Name: 'core', Soft: 0, Hard: 0 });
      expect(HostConfig?.Devices).toBeUndefined();
      expect(HostConfig?.PortBindings).toBeUndefined();
      expect(HostConfig?.PidMode).toBeUndefined();
      expect(HostConfig?.Binds).toBeUndefined();
      expect(HostConfig?.PidsLimit).toBeGreaterThan(0);
      expect(HostConfig?.Memory).toBeGreaterThan(0);
      expect(HostConfig?.MemorySwap).toBe(HostConfig?.Memory);
    },
  );

  it('agent and sidecar have a read-only root and no root user', () => {
    expect(all.agent.HostConfig?.ReadonlyRootfs).toBe(true);
    expect(all.sidecar.HostConfig?.ReadonlyRootfs).toBe(true);
    expect(all.agent.User).toBe('1000:1000');
    // The image's own, which is not root.
    expect(all.sidecar.User).toBeUndefined();
  });

  it('the agent is in the keeper’s network and in no other', () => {
    expect(all.agent.HostConfig?.NetworkMode).toBe('container:bot-bottle-a-1f2e-keeper');
    expect(all.agent.NetworkingConfig).toBeUndefined();
  });

  it('nobody is on a network before it joins its own', () => {
    for (const { HostConfig, NetworkingConfig } of [all.keeper, all.sidecar]) {
      expect(HostConfig?.NetworkMode).toBe('none');
      expect(NetworkingConfig).toBeUndefined();
    }
  });

  it('of the host only the workspace is mounted, and over it what must stay as it is', () => {
    const binds = Object.values(all).flatMap(({ HostConfig }) =>
      (HostConfig?.Mounts ?? []).filter(({ Type }) => Type === 'bind'),
    );
    expect(binds.map(({ Source, Target, ReadOnly }) => [Source, Target, ReadOnly])).toEqual([
      ['/home/me/project', '/workspace', false],
      ['/home/me/project/.git', '/workspace/.git', false],
      ['/home/me/project/.git/hooks', '/workspace/.git/hooks', true],
    ]);
  });

  it('a copied workspace mounts nothing of the host', () => {
    const copied = { ...facts, plan: { ...plan, workspace: { ...plan.workspace, mode: 'copy' as const } } };
    const mounts = [agentContainer(copied), keeperContainer(copied)].flatMap(
      ({ HostConfig }) => HostConfig?.Mounts ?? [],
    );
    expect(mounts.filter(({ Type }) => Type === 'bind')).toEqual([]);
    const agentMounts = agentContainer(copied).HostConfig?.Mounts ?? [];
    expect(agentMounts.map(({ Source }) => Source)).toEqual([
      'bot-bottle-a-1f2e-files',
      'bot-bottle-a-1f2e-after',
    ]);
  });

  it('the bottle’s own files are read-only to the agent', () => {
    const files = all.agent.HostConfig?.Mounts?.find(({ Source }) => Source === 'bot-bottle-a-1f2e-files');
    expect(files).toMatchObject({ Type: 'volume', Target: '/run/bot-bottle', ReadOnly: true });
  });

  it('the sidecar’s streams are logged nowhere and its input is read once', () => {
    expect(all.sidecar).toMatchObject({ OpenStdin: true, StdinOnce: true });
    expect(all.sidecar.HostConfig?.LogConfig).toEqual({ Type: 'none', Config: {} });
    expect(all.sidecar.Env).toEqual([
      'MALLOC_ARENA_MAX=1',
      'MALLOC_TRIM_THRESHOLD_=65536',
      'MALLOC_MMAP_THRESHOLD_=32768',
    ]);
  });

  it('limits and runtime are the operator’s', () => {
    const resources = { memory: 2 ** 30, pids: 50, cpus: 1.5 };
    const { HostConfig } = agentContainer({ ...facts, plan: { ...plan, resources } });
    expect(HostConfig).toMatchObject({
      Memory: 2 ** 30,
      PidsLimit: 50,
      NanoCpus: 1.5e9,
      Runtime: 'runsc',
      Init: true,
    });
  });

  it('each process is held where nothing holds the whole', () => {
    const core = { Name: 'core', Soft: 0, Hard: 0 };
    expect(agentContainer(facts).HostConfig?.Ulimits).toEqual([core]);
    const resources = { memory: 2 ** 30, pids: null, cpus: null };
    const unheld = { ...facts, plan: { ...plan, resources }, unheldLimits: ['memory'] as const };
    expect(agentContainer(unheld).HostConfig?.Ulimits).toEqual([
      core,
      { Name: 'data', Soft: 2 ** 30, Hard: 2 ** 30 },
    ]);
  });

  it('every part carries the labels by which it is found again', () => {
    for (const [role, { Labels }] of Object.entries(all)) {
      expect(Labels).toMatchObject({
        'bot-bottle.bottle': 'a-1f2e',
        'bot-bottle.role': role,
        'bot-bottle.owner': 'host/1/2',
      });
    }
  });
});

describe('addresses', () => {
  it('are four of a block of sixteen within the range for benchmarks', () => {
    expect(addressesOf(0)).toEqual({
      subnet: '198.18.0.0/28',
      gateway: '198.18.0.1',
      sidecar: '198.18.0.2',
      agent: '198.18.0.3',
    });
    expect(addressesOf(8191).subnet).toBe('198.19.255.240/28');
  });
});
