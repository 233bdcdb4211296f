import { describe, expect, it } from 'vitest';
import { seccompProfile } from '../../../../src/backends/docker/seccomp-profile.js';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly { readonly index: number; readonly value: number; readonly op: string }[];
}
const profile = JSON.parse(seccompProfile) as { readonly defaultAction: string; readonly syscalls: Rule[] };
const rulesOf = (name: string) => profile.syscalls.filter(({ names }) => names.includes(name));
/** Allowed whatever the arguments are. */
const isOpen = (name: string) =>
  rulesOf(name).some(({ action, args }) => action === 'SCMP_ACT_ALLOW' && (args ?? []).length === 0);

describe("the containers' filter of system calls", () => {
  it('refuses what it does not name', () => {
    expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
  });

  it.each(
    `acct add_key bpf chroot delete_module finit_module fsconfig fsmount fsopen init_module ioperm iopl keyctl kexec_file_load
     kexec_load mount mount_setattr move_mount open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root quotactl
     reboot request_key setdomainname sethostname setns settimeofday swapoff swapon syslog umount2 unshare userfaultfd
     vhangup`.split(/\s+/),
  )('does not name %s', (name) => {
    expect(rulesOf(name)).toEqual([]);
  });

  it.each(['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'openat2', 'fchmodat2'])(
    'says that there is no %s',
    (name) => {
      expect(rulesOf(name).map(({ action, errnoRet }) => [action, errnoRet])).toEqual([
        ['SCMP_ACT_ERRNO', 38],
      ]);
    },
  );

  it.each([
    'clone',
    'socket',
    'socketpair',
    'personality',
    'chmod',
    'fchmodat',
    'mkdir',
    'mknod',
    'open',
    'openat',
  ])('looks at the arguments of %s in every rule', (name) => {
    expect(rulesOf(name).length).toBeGreaterThan(0);
    expect(isOpen(name)).toBe(false);
  });

  it('has families of sockets that a network namespace holds, and no other', () => {
    expect(
      rulesOf('socket').map(({ args }) => args?.map(({ index, value, op }) => [index, value, op])),
    ).toEqual([1, 2, 10, 16].map((family) => [[0, family, 'SCMP_CMP_EQ']]));
  });

  it('names each open call once', () => {
    const open = profile.syscalls.flatMap(({ names, args }) => ((args ?? []).length === 0 ? names : []));
    expect(new Set(open).size).toBe(open.length);
  });
});
