/**
 * The filter of system calls that every process of a sandbox runs under: a classic BPF program as seccomp(2) takes it,
 * `struct sock_filter` after `struct sock_filter` (linux/filter.h), for bwrap's --seccomp.
 *
 * It closes what namespaces leave open: socket families that no network namespace holds (vsock reaches the host of a
 * virtual machine), the operator's kernel keyrings, io_uring (its operations pass by this very filter), keystrokes
 * pushed into a terminal, and the kernel's own interfaces that an agent has no use for. And it keeps the agent from
 * making set-user-ID and set-group-ID programs: what mounts with nosuid inside is an ordinary folder on the host.
 */
export type Architecture = 'x64' | 'arm64';

export function isFilterable(architecture: string): architecture is Architecture {
  return architecture === 'x64' || architecture === 'arm64';
}

/** AUDIT_ARCH_* of linux/audit.h. */
const auditArchitecture: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** Numbers from here on are x64's second interface (x32), which would pass by the numbers below. */
const x32 = 0x40000000;

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Numbers by [x64, arm64] (asm/unistd.h); null: arm64 has the call's `at` form only. */
type Numbers = readonly [number, number | null];
const socketCalls: readonly Numbers[] = [
  [41, 198], // socket
  [53, 199], // socketpair
];
const ioctl: Numbers = [16, 29];
const clone: Numbers = [56, 220];
const unshare: Numbers = [272, 97];

/** Calls that give a file its mode, by the argument that holds it. */
const modeCalls: readonly { readonly mode: number; readonly numbers: readonly Numbers[] }[] = [
  {
    mode: 1,
    numbers: [
      [90, null], // chmod
      [91, 52], // fchmod
      [85, null], // creat
      [83, null], // mkdir
      [133, null], // mknod
    ],
  },
  {
    mode: 2,
    numbers: [
      [268, 53], // fchmodat
      [258, 34], // mkdirat
      [259, 33], // mknodat
    ],
  },
];
/** The flags' argument; the mode's is the next, and holds anything where no file is made. */
const openCalls: readonly { readonly flags: number; readonly numbers: readonly Numbers[] }[] = [
  { flags: 1, numbers: [[2, null]] }, // open
  { flags: 2, numbers: [[257, 56]] }, // openat
];

const forbidden: readonly Numbers[] = [
  [248, 217], // add_key
  [249, 218], // request_key
  [250, 219], // keyctl
  [321, 280], // bpf
  [298, 241], // perf_event_open
  [323, 282], // userfaultfd
  [308, 268], // setns
  [165, 40], // mount
  [166, 39], // umount2
  [155, 41], // pivot_root
  [428, 428], // open_tree
  [429, 429], // move_mount
  [430, 430], // fsopen
  [431, 431], // fsconfig
  [432, 432], // fsmount
  [433, 433], // fspick
  [442, 442], // mount_setattr
  [304, 265], // open_by_handle_at
  [246, 104], // kexec_load
  [320, 294], // kexec_file_load
  [175, 105], // init_module
  [313, 273], // finit_module
  [176, 106], // delete_module
  [167, 224], // swapon
  [168, 225], // swapoff
  [169, 142], // reboot
  [163, 89], // acct
  [179, 60], // quotactl
  [103, 116], // syslog
];

/** Programs fall back to older calls where these seem to be missing. */
const absent: readonly Numbers[] = [
  [425, 425], // io_uring_setup
  [426, 426], // io_uring_enter
  [427, 427], // io_uring_register
  [435, 435], // clone3, whose flags lie in memory where a filter can't look
  [437, 437], // openat2, whose mode does
  [452, 452], // fchmodat2
];

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: each within its network namespace. */
const families = [1, 2, 10, 16];
/** TIOCSTI, TIOCLINUX. */
const terminalRequests = [0x5412, 0x541c];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; unshare's also NEWTIME. */
const newNamespaces = 0x7e020000;
const newTimeNamespace = 0x80;
/** S_ISUID, S_ISGID. */
const setIdBits = 0o6000;
/** O_CREAT and O_TMPFILE without O_DIRECTORY: what makes the kernel look at the mode. */
const creatingFlags = 0o20000100;

// Offsets into struct seccomp_data; the low half of an argument comes first on both.
const numberOffset = 0;
const architectureOffset = 4;
const argumentOffset = (index: number) => 16 + 8 * index;

interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly value: number;
}

const instruction = (code: number, value: number, whenTrue = 0, whenFalse = 0): Instruction => ({
  code,
  whenTrue,
  whenFalse,
  value: value >>> 0,
});
const load = (offset: number) => instruction(0x20, offset); // BPF_LD|BPF_W|BPF_ABS
const ifEqual = (value: number, then: number, otherwise: number) => instruction(0x15, value, then, otherwise);
const ifAtLeast = (value: number, then: number, otherwise: number) =>
  instruction(0x35, value, then, otherwise);
const ifAnyBit = (value: number, then: number, otherwise: number) =>
  instruction(0x45, value, then, otherwise);
const answer = (value: number) => instruction(0x06, value); // BPF_RET|BPF_K
const allow = answer(0x7fff0000);
const refuse = (errno: number) => answer(0x00050000 | errno);

/** Runs the body, which ends in an answer, for these calls only. */
function forCalls(numbers: readonly number[], body: readonly Instruction[]): Instruction[] {
  return numbers.flatMap((number) => [ifEqual(number, 0, body.length), ...body]);
}

/** Answers by whether an argument has any of these bits. */
const refuseBits = (argument: number, bits: number) => [
  load(argumentOffset(argument)),
  ifAnyBit(bits, 1, 0),
  allow,
  refuse(EPERM),
];

/** The whole program for one architecture; calls of any other seem not to exist. */
export function seccompFilter(architecture: Architecture): Buffer {
  const column = architecture === 'x64' ? 0 : 1;
  const of = (table: readonly Numbers[]) => table.flatMap((numbers) => numbers[column] ?? []);
  const program = [
    load(architectureOffset),
    ifEqual(auditArchitecture[architecture], 1, 0),
    refuse(ENOSYS),
    load(numberOffset),
    ...(architecture === 'x64' ? [ifAtLeast(x32, 0, 1), refuse(ENOSYS)] : []),
    ...forCalls(of(absent), [refuse(ENOSYS)]),
    ...forCalls(of(forbidden), [refuse(EPERM)]),
    ...forCalls(of(socketCalls), [
      load(argumentOffset(0)),
      ...families.map((family, index) => ifEqual(family, families.length - index, 0)),
      refuse(EAFNOSUPPORT),
      allow,
    ]),
    ...forCalls(of([ioctl]), [
      load(argumentOffset(1)),
      ...terminalRequests.map((request, index) => ifEqual(request, terminalRequests.length - index, 0)),
      allow,
      refuse(EPERM),
    ]),
    ...forCalls(of([clone]), refuseBits(0, newNamespaces)),
    ...forCalls(of([unshare]), refuseBits(0, newNamespaces | newTimeNamespace)),
    ...modeCalls.flatMap(({ mode, numbers }) => forCalls(of(numbers), refuseBits(mode, setIdBits))),
    ...openCalls.flatMap(({ flags, numbers }) =>
      forCalls(of(numbers), [
        load(argumentOffset(flags)),
        ifAnyBit(creatingFlags, 1, 0),
        allow,
        ...refuseBits(flags + 1, setIdBits),
      ]),
    ),
    allow,
  ];
  return Buffer.concat(program.map(encode));
}

/** struct sock_filter: code (16 bits), jt and jf (8 each), k (32), little-endian on both architectures. */
function encode({ code, whenTrue, whenFalse, value }: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(whenTrue, 2);
  bytes.writeUInt8(whenFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
