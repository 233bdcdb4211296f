import { describe, expect, it } from 'vitest';
import {
  barrierOf,
  isFiltered,
  runtimeOf,
  tellUnheld,
  unheldLimits,
} from '../../../../src/backends/docker/barrier.js';
import type { EngineFacts } from '../../../../src/backends/docker/engine.js';

const facts: EngineFacts = {
  version: '28.5.2',
  major: 28,
  runtimes: ['runc', 'runsc'],
  defaultRuntime: 'runc',
  security: ['apparmor', 'seccomp', 'cgroupns'],
  runtimeArguments: { runc: [], runsc: ['--directfs=false'] },
  missingLimits: [],
};
const loose = {
  ...facts,
  runtimeArguments: { runsc: ['--directfs=false', '--platform=systrap', '--ignore-cgroups'] },
};
const workspace = { source: '/w', target: '/workspace', protectedPaths: [] };

describe('the runtime', () => {
  it('is gVisor where the engine has it and nobody says otherwise', () => {
    expect(runtimeOf({}, facts)).toBe('runsc');
    expect(runtimeOf({}, { ...facts, runtimes: ['runc'] })).toBeNull();
    expect(runtimeOf({ container: { runtime: 'runc' } }, facts)).toBe('runc');
  });

  it('that the engine lacks is refused, with those it has', () => {
    expect(() => runtimeOf({ container: { runtime: 'kata' } }, facts)).toThrow(/no runtime 'kata'/);
  });
});

it('our filter holds where the host’s kernel sets it', () => {
  expect(isFiltered('runc', facts)).toBe(true);
  expect(isFiltered(null, facts)).toBe(true);
  expect(isFiltered('runsc', facts)).toBe(false);
  expect(isFiltered('kata-runtime', facts)).toBe(false);
  expect(isFiltered('runc', { ...facts, security: [] })).toBe(false);
});

describe('the barrier', () => {
  it('says what holds', () => {
    expect(barrierOf('runsc', facts)).toBe('Docker 28.5.2, gVisor, apparmor');
    expect(barrierOf(null, facts)).toBe('Docker 28.5.2, namespaces (runc), filter of system calls, apparmor');
  });

  it('says what doesn’t', () => {
    expect(barrierOf('runc', { ...facts, security: [] })).toContain('NO filter of system calls');
    expect(barrierOf('runsc', loose)).toContain('NO limit on memory, cpus, pids of the bottle as a whole');
    expect(barrierOf('runc', loose)).not.toContain('NO limit');
    expect(barrierOf('runc', { ...facts, missingLimits: ['pids'] })).toContain('NO limit on pids');
  });

  it('takes gVisor’s word in each of its spellings', () => {
    for (const option of ['-ignore-cgroups', '--ignore-cgroups=true'])
      expect(unheldLimits('runsc', { ...facts, runtimeArguments: { runsc: [option] } })).toHaveLength(3);
    const held = { ...facts, runtimeArguments: { runsc: ['--ignore-cgroups=false'] } };
    expect(unheldLimits('runsc', held)).toEqual([]);
  });

  it('tells of a limit that the manifest sets in vain, and of no other', () => {
    const told: string[] = [];
    const tell = (line: string) => told.push(line);
    tellUnheld('runsc', loose, { workspace, resources: { memory: null, cpus: null, pids: null } }, tell);
    tellUnheld('runc', loose, { workspace, resources: { memory: 1, cpus: 1, pids: 1 } }, tell);
    expect(told).toEqual([]);
    tellUnheld('runsc', loose, { workspace, resources: { memory: 1, cpus: null, pids: 1 } }, tell);
    expect(told).toEqual(['the runtime runsc holds the bottle as a whole to no memory, pids here']);
    const bare = { ...facts, missingLimits: ['memory'] as const };
    tellUnheld('runc', bare, { workspace, resources: { memory: 1, cpus: null, pids: 1 } }, tell);
    expect(told[1]).toBe(
      'the runtime runc holds the bottle as a whole to no memory here; resources.memory holds each process by itself',
    );
  });

  it('tells that gVisor without its gofer lets files be emptied, where they are the host’s', () => {
    const told: string[] = [];
    const tell = (line: string) => told.push(line);
    const direct = { ...facts, runtimeArguments: { runsc: ['--platform=systrap'] } };
    expect(barrierOf('runsc', direct)).toContain('EMPTIED');
    expect(barrierOf('runsc', facts)).not.toContain('EMPTIED');
    expect(barrierOf('runc', direct)).not.toContain('EMPTIED');
    tellUnheld('runsc', facts, { workspace }, tell);
    tellUnheld('runc', direct, { workspace }, tell);
    tellUnheld('runsc', direct, { workspace: { ...workspace, mode: 'copy' } }, tell);
    expect(told).toEqual([]);
    tellUnheld('runsc', direct, { workspace }, tell);
    expect(told).toEqual([expect.stringContaining('--directfs=false')]);
  });
});
