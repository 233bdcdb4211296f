import { describe, expect, it } from 'vitest';
import { machineFault } from '../../../src/console/machine-fault.js';

const fault = (code: string, path?: string) =>
  machineFault(Object.assign(new Error(`${code}: as Node says it`), { code, path }));

describe('what the machine is at fault for', () => {
  it('is a full or a read-only disk, with the path', () => {
    expect(fault('ENOSPC')).toMatchObject({ code: 'start-failed', where: undefined });
    const copied = Object.assign(new Error('copy'), {
      code: 'ENOSPC',
      path: '/full/of/files',
      dest: '/full',
    });
    expect(machineFault(copied)).toMatchObject({ where: '/full' });
    expect(fault('EROFS', '/proc/self/fd/22/.git')).toMatchObject({
      message: 'a disk is read-only',
      where: 'the workspace/.git',
    });
  });

  it('is nothing else', () => {
    for (const thrown of [fault('EACCES'), fault('constructor'), machineFault(null), machineFault('ENOSPC')])
      expect(thrown).toBeNull();
  });
});
