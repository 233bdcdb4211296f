import { describe, expect, it } from 'vitest';
import { diagnose, type KernelFacts } from '../../../../src/backends/bubblewrap/diagnosis.js';
import { featuresOf } from '../../../../src/backends/bubblewrap/version.js';

const plain: KernelFacts = {
  root: false,
  mayMount: true,
  apparmorRestricts: false,
  unprivilegedClone: null,
  fewestNamespaces: 15_000,
  container: false,
  filtered: false,
};

describe('diagnose', () => {
  it.each<[string, Partial<KernelFacts>, string, RegExp, RegExp]>([
    [
      'AppArmor',
      { apparmorRestricts: true },
      'setting up uid map: Permission denied',
      /AppArmor/,
      /apparmor_parser/,
    ],
    [
      'Debian’s switch',
      { unprivilegedClone: false },
      'No permissions',
      /unprivileged_userns_clone=0/,
      /sysctl -w kernel\.unpriv/,
    ],
    [
      'a limit of none',
      { fewestNamespaces: 0 },
      'No space left on device',
      /allows no namespaces/,
      /max_user_namespaces=/,
    ],
    [
      'root without mounts',
      { root: true, mayMount: false, container: true },
      '',
      /CAP_SYS_ADMIN/,
      /--cap-add SYS_ADMIN/,
    ],
    [
      'a hidden /proc',
      { container: true },
      "bwrap: Can't mount proc on /newroot/proc",
      /\/proc/,
      /systempaths=unconfined/,
    ],
    [
      'a container’s filter',
      { filtered: true },
      'Operation not permitted',
      /filter of system calls/,
      /seccomp=unconfined/,
    ],
    ['anything else', {}, 'bwrap: oops', /bwrap: oops/, /bwrap --unshare-all/],
  ])('%s', (_name, facts, said, message, mend) => {
    const problem = diagnose({ ...plain, ...facts }, said);
    expect(problem.message).toMatch(message);
    expect(problem.mend).toMatch(mend);
  });
});

describe('featuresOf', () => {
  it.each([
    ['bubblewrap 0.4.0\n', { supported: false, sizedFolders: false, disableUserNamespaces: false }],
    ['bubblewrap 0.6.1\n', { supported: true, sizedFolders: false, disableUserNamespaces: false }],
    ['bubblewrap 0.8.0\n', { supported: true, sizedFolders: true, disableUserNamespaces: true }],
    ['bubblewrap 1.0.0\n', { supported: true, sizedFolders: true, disableUserNamespaces: true }],
  ])('%s', (output, expected) => {
    expect(featuresOf(output)).toMatchObject(expected);
  });

  it('takes nothing else for bubblewrap', () => {
    expect(featuresOf('')).toBeNull();
    expect(featuresOf('bwrap: command not found')).toBeNull();
  });
});
