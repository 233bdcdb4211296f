import type { ContainerCreateOptions, HostConfig, MountConfig } from 'dockerode';
import { sidecarRuntime } from '../../contract/sidecar-runtime.js';
import { bottlePaths } from '../../plan/bottle-paths.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { OwnMount } from '../../workspace/protection.js';
import { type BottleAddresses, sidecarName } from './addresses.js';
import type { LimitName } from './engine.js';
import { labels, labelsFor, nameOf } from './names.js';

/** What a container's options are made of: a plan, and what only this machine and engine know. */
export interface ContainerFacts {
  readonly plan: BottlePlan;
  readonly owner: string;
  readonly addresses: BottleAddresses;
  readonly images: { readonly agent: string; readonly sidecar: string };
  /** Whom the agent runs as; never root. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** OCI runtime of the agent; null: the engine's default. */
  readonly runtime: string | null;
  readonly barrier: string;
  /** Limits that the runtime doesn't hold the agent to as a whole. */
  readonly unheldLimits: readonly LimitName[];
  /** The agent's calls go through that filter: a kernel of its own looks at none. */
  readonly filtered: boolean;
  /** Profile of the filter of system calls; null where the engine's kernel has none. */
  readonly seccomp: string | null;
  /** The operator's terminal, [rows, columns]; null: none. */
  readonly terminal: readonly [number, number] | null;
  readonly protection: readonly OwnMount[];
}

const megabyte = 1024 * 1024;

/** A crash writes nothing to disk: the sidecar's memory holds every secret. */
const noCore = { Name: 'core', Soft: 0, Hard: 0 };

/** What every container of ours gives up. */
const confined = ({ seccomp }: ContainerFacts): HostConfig => ({
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges', ...(seccomp === null ? [] : [`seccomp=${seccomp}`])],
  Privileged: false,
  RestartPolicy: { Name: 'no' },
  IpcMode: 'private',
  Ulimits: [noCore],
});

const usual = { memory: 4096 * megabyte, pids: 1024 } as const;

/** On no network yet: it joins one while its program is being loaded (see {@link joinNetworks}). */
const unjoined = 'none';

/** The sidecar: to be alone on both networks; configuration and secrets come by its standard input, and are logged nowhere. */
export function sidecarContainer(facts: ContainerFacts): ContainerCreateOptions {
  return {
    name: nameOf(facts.plan.id, 'sidecar'),
    Image: facts.images.sidecar,
    Labels: labelsFor(facts, 'sidecar'),
    Entrypoint: ['/bin/sh', '-c', 'read -r line && exec node "$@"', 'sidecar'],
    Cmd: [...sidecarRuntime.flags, '/opt/bot-bottle/sidecar.cjs'],
    Env: Object.entries(sidecarRuntime.environment).map(([name, value]) => `${name}=${value}`),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Hostname: 'sidecar',
    HostConfig: {
      ...confined(facts),
      NetworkMode: unjoined,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,nosuid,nodev,noexec,size=64m,mode=1777' },
      LogConfig: { Type: 'none', Config: {} },
      PidsLimit: 256,
      Memory: 512 * megabyte,
      MemorySwap: 512 * megabyte,
      // Ports 53, 80 and 443 without any capability.
      Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ip_forward': '0' },
    },
  };
}

/**
 * The keeper owns the agent's network namespace: it proves the walls there before the agent exists, writes the
 * resolver's address where the agent will read it, and then sleeps.
 */
export function keeperContainer(facts: ContainerFacts): ContainerCreateOptions {
  const { plan, addresses } = facts;
  const copies = plan.workspace.mode === 'copy';
  return {
    name: nameOf(plan.id, 'keeper'),
    Image: facts.images.sidecar,
    Labels: labelsFor(facts, 'keeper'),
    // Root because /etc/resolv.conf belongs to root; the one capability is for the filter that it sets up.
    User: '0:0',
    Entrypoint: ['/bin/sh', '-c', 'node /opt/bot-bottle/container-walls.cjs && exec sleep infinity'],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    Hostname: 'bottle',
    HostConfig: {
      ...confined(facts),
      CapAdd: ['NET_ADMIN'],
      NetworkMode: unjoined,
      LogConfig: { Type: 'none', Config: {} },
      ExtraHosts: [`${sidecarName}:${addresses.sidecar}`],
      // The engine's own resolver, which stays reachable in the namespace, has nobody else to ask.
      Dns: [addresses.sidecar],
      DnsOptions: ['ndots:0'],
      DnsSearch: ['.'],
      Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' },
      PidsLimit: 64,
      Memory: 256 * megabyte,
      MemorySwap: 256 * megabyte,
      Mounts: [
        volume(nameOf(plan.id, 'files'), bottlePaths.ours, false),
        ...(copies
          ? [
              volume(nameOf(plan.id, 'before'), '/bottle/before', false),
              volume(nameOf(plan.id, 'after'), '/bottle/after', false),
            ]
          : []),
      ],
    },
  };
}

/** The engine's init passes signals on to the whole group: a shell that waits for its child would keep them from it. */
const initSettings = { TINI_KILL_PROCESS_GROUP: '1' };

/** The agent: an ordinary user in the keeper's network, on a read-only root, with nothing of the host but the workspace. */
export function agentContainer(facts: ContainerFacts): ContainerCreateOptions {
  const { plan, user, terminal } = facts;
  return {
    name: nameOf(plan.id, 'agent'),
    Image: facts.images.agent,
    Labels: {
      ...labelsFor(facts, 'agent'),
      [labels.barrier]: facts.barrier,
      [labels.user]: `${user.uid}:${user.gid}`,
    },
    User: `${user.uid}:${user.gid}`,
    Entrypoint: [],
    Cmd: [...plan.command],
    Env: Object.entries({ ...plan.environment, ...initSettings }).map(([name, value]) => `${name}=${value}`),
    WorkingDir: plan.workspace.target,
    Tty: terminal !== null,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      ...confined(facts),
      ...limits(facts),
      NetworkMode: `container:${nameOf(plan.id, 'keeper')}`,
      ReadonlyRootfs: true,
      Init: true,
      // Engines before 23 don't look at it; there the size comes a moment after the start.
      ...(terminal && { ConsoleSize: [...terminal] }),
      ...(facts.runtime !== null && { Runtime: facts.runtime }),
      LogConfig: { Type: 'local', Config: { 'max-size': '10m', 'max-file': '2' } },
      Tmpfs: {
        '/tmp': 'rw,nosuid,nodev,exec,size=1g,mode=1777',
        [bottlePaths.home]: `rw,nosuid,nodev,exec,size=2g,mode=0700,uid=${user.uid},gid=${user.gid}`,
      },
      Mounts: [volume(nameOf(plan.id, 'files'), bottlePaths.ours, true), ...workspaceMounts(facts)],
    },
  };
}

function limits({ plan: { resources }, unheldLimits }: ContainerFacts): HostConfig {
  const memory = resources?.memory ?? usual.memory;
  const cpus = resources?.cpus ?? null;
  return {
    PidsLimit: resources?.pids ?? usual.pids,
    Memory: memory,
    MemorySwap: memory,
    Ulimits: [
      noCore,
      // Where nothing counts the memory of all, at least none of them gets more than all should have.
      ...(unheldLimits.includes('memory') ? [{ Name: 'data', Soft: memory, Hard: memory }] : []),
    ],
    ...(cpus !== null && { NanoCpus: Math.round(cpus * 1e9) }),
  };
}

/** The one bind mount of a bottle, and over it again what must not be written or moved away. */
function workspaceMounts({ plan, protection }: ContainerFacts): MountConfig {
  const { source, target, mode } = plan.workspace;
  if (mode === 'copy') return [volume(nameOf(plan.id, 'after'), target, false)];
  return [
    bind(source, target, false),
    ...protection.map(({ path, readOnly }) => bind(`${source}/${path}`, `${target}/${path}`, readOnly)),
  ];
}

function bind(source: string, target: string, readOnly: boolean): MountConfig[number] {
  return {
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    BindOptions: { Propagation: 'rprivate' },
  };
}

function volume(name: string, target: string, readOnly: boolean): MountConfig[number] {
  return {
    Type: 'volume',
    Source: name,
    Target: target,
    ReadOnly: readOnly,
    VolumeOptions: { NoCopy: true } as never,
  };
}
