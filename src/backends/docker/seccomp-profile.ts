/**
 * The filter of system calls that every container of a bottle runs under, in the form of the Engine API's
 * `seccomp=` option. The engine's own default depends on its age: older ones leave io_uring, vsock, kernel crypto and
 * other socket families open, none of which a network namespace holds. So the bottle brings a list of its own: what
 * ordinary programs call, and nothing that makes namespaces, mounts, keys, or talks with the kernel's own parts.
 * A runtime with a kernel of its own (gVisor) doesn't look at it.
 */
interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Condition[];
  readonly includes?: { readonly minKernel: string };
}

interface Condition {
  readonly index: number;
  readonly value: number;
  readonly valueTwo: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
}

const words = (text: string) => text.trim().split(/\s+/);

/** Files and folders that are there, and the descriptors of open ones. */
const files = words(`
  access cachestat chdir chown chown32 close close_range copy_file_range dup dup2 dup3 faccessat faccessat2 fadvise64
  fallocate fchdir fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstatfs
  fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init inotify_init1
  inotify_rm_watch ioctl lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr lstat
  memfd_create memfd_secret newfstatat pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead
  readlink readlinkat readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice stat statfs statx
  symlink symlinkat sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat utimes vmsplice
  write writev`);

const memory = words(`
  brk madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock
  munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages`);

const processes = words(`
  arch_prctl capget capset execve execveat exit exit_group fork get_robust_list getcpu getegid geteuid getgid getgroups
  getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid
  ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self pause pidfd_open
  pidfd_send_signal prctl prlimit64 restart_syscall rseq sched_get_priority_max sched_get_priority_min
  sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
  sched_setattr sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_tid_address setfsgid setfsuid
  setgid setgroups setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sysinfo tgkill
  times tkill uname vfork wait4 waitid`);

const signalsAndTime = words(`
  alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep rt_sigaction rt_sigpending
  rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo setitimer sigaltstack
  signalfd signalfd4 time timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create
  timerfd_gettime timerfd_settime`);

/** Waiting, and talking with one's own processes; the kernel's queues are within the bottle's own IPC namespace. */
const waiting = words(`
  epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
  futex futex_requeue futex_wait futex_waitv futex_wake io_cancel io_destroy io_getevents io_pgetevents io_setup
  io_submit mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd pipe
  pipe2 poll ppoll pselect6 select semctl semget semop semtimedop shmat shmctl shmdt shmget`);

const sockets = words(`
  accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg
  sendto setsockopt shutdown`);

const equal = (index: number, value: number): Condition => ({ index, value, valueTwo: 0, op: 'SCMP_CMP_EQ' });
/** None of these bits is set. */
const without = (index: number, bits: number): Condition => ({
  index,
  value: bits,
  valueTwo: 0,
  op: 'SCMP_CMP_MASKED_EQ',
});
const allow = (names: readonly string[], ...args: Condition[]): Rule => ({
  names,
  action: 'SCMP_ACT_ALLOW',
  args,
});

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: each within its network namespace. */
const families = [1, 2, 10, 16];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const newNamespaces = 0x7e020000;
/** S_ISUID, S_ISGID: what mounts with nosuid inside is an ordinary folder on the host. */
const setIdBits = 0o6000;
/** O_CREAT and O_TMPFILE without O_DIRECTORY: what makes the kernel look at the mode. */
const creatingFlags = 0o20000100;
/** What programs ask for: Linux and its 32-bit, 3 GB and uname-2.6 forms; and asking alone. */
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

const ENOSYS = 38;
/** Programs fall back to older calls where these seem to be missing; their flags lie in memory, out of a filter's sight. */
const absent = words('clone3 fchmodat2 io_uring_enter io_uring_register io_uring_setup openat2');

const rules: readonly Rule[] = [
  allow([...files, ...memory, ...processes, ...signalsAndTime, ...waiting, ...sockets]),
  ...families.map((family) => allow(['socket', 'socketpair'], equal(0, family))),
  allow(['clone'], without(0, newNamespaces)),
  ...personalities.map((value) => allow(['personality'], equal(0, value))),
  allow(['chmod', 'creat', 'fchmod', 'mkdir', 'mknod'], without(1, setIdBits)),
  allow(['fchmodat', 'mkdirat', 'mknodat'], without(2, setIdBits)),
  allow(['open'], without(1, creatingFlags)),
  allow(['open'], without(2, setIdBits)),
  allow(['openat'], without(2, creatingFlags)),
  allow(['openat'], without(3, setIdBits)),
  // Before 4.8 a traced process could slip by the filter.
  {
    names: ['process_vm_readv', 'process_vm_writev', 'ptrace'],
    action: 'SCMP_ACT_ALLOW',
    includes: { minKernel: '4.8' },
  },
  { names: absent, action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
];

/** Each machine's own calls only: other forms of the same call (32-bit, x32) would pass by the rules on arguments. */
export const seccompProfile = JSON.stringify({
  defaultAction: 'SCMP_ACT_ERRNO',
  archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'].map((architecture) => ({
    architecture,
    subArchitectures: [],
  })),
  syscalls: rules,
});
