import { describe, expect, it } from 'vitest';
import { type Architecture, seccompFilter } from '../../../../src/backends/bubblewrap/seccomp.js';

const allowed = 'allowed';
const audit = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003 };

interface Call {
  readonly number: number;
  readonly arguments?: readonly number[];
  readonly architecture?: number;
}

/** Runs the program as the kernel does (BPF's classic instructions that it uses); answers the error number. */
function verdictOf(
  filter: Buffer,
  { number, architecture = 0, arguments: given = [] }: Call,
): string | number {
  const data = Buffer.alloc(64);
  data.writeInt32LE(number, 0);
  data.writeUInt32LE(architecture, 4);
  given.forEach((value, index) => {
    data.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
  });
  let accumulator = 0;
  for (let at = 0; at * 8 < filter.length; at += 1) {
    const code = filter.readUInt16LE(at * 8);
    const [whenTrue, whenFalse] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)];
    const value = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x20) accumulator = data.readUInt32LE(value);
    else if (code === 0x06) return value === 0x7fff0000 ? allowed : value & 0xffff;
    else {
      const holds =
        code === 0x15
          ? accumulator === value
          : code === 0x35
            ? accumulator >= value
            : (accumulator & value) !== 0;
      at += holds ? whenTrue : whenFalse;
    }
  }
  throw new Error('the program ran past its end');
}

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

describe.each<[Architecture, Record<string, number>]>([
  [
    'x64',
    { read: 0, socket: 41, socketpair: 53, ioctl: 16, clone: 56, unshare: 272, mount: 165, keyctl: 250 },
  ],
  [
    'arm64',
    { read: 63, socket: 198, socketpair: 199, ioctl: 29, clone: 220, unshare: 97, mount: 40, keyctl: 219 },
  ],
])('the filter of system calls on %s', (name, numbers) => {
  const filter = seccompFilter(name);
  const verdict = (call: string | number, ...given: number[]) =>
    verdictOf(filter, {
      number: typeof call === 'number' ? call : (numbers[call] ?? -1),
      arguments: given,
      architecture: audit[name],
    });

  it('lets ordinary calls pass', () => {
    expect(verdict('read', 0)).toBe(allowed);
  });

  it.each([
    ['unix', 1, allowed],
    ['IPv4', 2, allowed],
    ['IPv6', 10, allowed],
    ['netlink', 16, allowed],
    ['packet', 17, EAFNOSUPPORT],
    ['kernel crypto', 38, EAFNOSUPPORT],
    ['vsock', 40, EAFNOSUPPORT],
    ['XDP', 44, EAFNOSUPPORT],
  ])('%s sockets', (_name, family, expected) => {
    expect(verdict('socket', family, 1, 0)).toBe(expected);
    expect(verdict('socketpair', family, 1, 0)).toBe(expected);
  });

  it('refuses keystrokes, also with bits that the kernel drops', () => {
    expect(verdict('ioctl', 0, 0x5412)).toBe(EPERM);
    expect(verdict('ioctl', 0, 0x541c)).toBe(EPERM);
    expect(verdict('ioctl', 0, 0x1_0000_5412)).toBe(EPERM);
    expect(verdict('ioctl', 0, 0x5413)).toBe(allowed);
  });

  it('lets threads and processes be made, but no namespaces', () => {
    expect(verdict('clone', 0x003d0f00)).toBe(allowed);
    expect(verdict('clone', 0x01200011)).toBe(allowed);
    for (const flag of [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(verdict('clone', flag | 17)).toBe(EPERM);
      expect(verdict('unshare', flag)).toBe(EPERM);
    }
    expect(verdict('unshare', 0x80)).toBe(EPERM);
    expect(verdict('unshare', 0x400)).toBe(allowed);
    expect(verdict(435, 0)).toBe(ENOSYS);
  });

  it('refuses mounts and keyrings, and has no io_uring', () => {
    expect(verdict('mount')).toBe(EPERM);
    expect(verdict('keyctl')).toBe(EPERM);
    expect(verdict(425)).toBe(ENOSYS);
  });

  it.each(
    name === 'x64'
      ? [
          ['chmod', 90, 1],
          ['fchmod', 91, 1],
          ['fchmodat', 268, 2],
          ['creat', 85, 1],
          ['mkdir', 83, 1],
          ['mkdirat', 258, 2],
          ['mknod', 133, 1],
          ['mknodat', 259, 2],
        ]
      : [
          ['fchmod', 52, 1],
          ['fchmodat', 53, 2],
          ['mkdirat', 34, 2],
          ['mknodat', 33, 2],
        ],
  )('%s gives no set-ID bits', (_name, number, index) => {
    // What stands in the other arguments does not matter.
    const given = (mode: number) => Array.from({ length: 6 }, (_, at) => (at === index ? mode : 0xffff));
    for (const mode of [0o4755, 0o2755, 0o6755, 0o106755, 0x1_0000_0800])
      expect(verdict(number, ...given(mode))).toBe(EPERM);
    for (const mode of [0, 0o755, 0o1777, 0o100644]) expect(verdict(number, ...given(mode))).toBe(allowed);
  });

  it.each<[number, number]>(
    name === 'x64'
      ? [
          [2, 1],
          [257, 2],
        ]
      : [[56, 2]],
  )('call %i opens files, but makes none with set-ID bits', (number, index) => {
    const open = (flags: number, mode: number) =>
      verdict(number, ...[0xffff, 0xffff].slice(0, index), flags, mode, 0xffff);
    // O_CREAT, O_CREAT|O_WRONLY|O_TRUNC, O_TMPFILE by either architecture's O_DIRECTORY and without.
    for (const flags of [0o100, 0o1101, 0o20200002, 0o20040002, 0o20000002]) {
      for (const mode of [0o4755, 0o2755, 0o6755]) expect(open(flags, mode)).toBe(EPERM);
      expect(open(flags, 0o1777)).toBe(allowed);
    }
    // Without them the mode is whatever the register held.
    for (const flags of [0, 2, 0o200000, 0o2000000]) expect(open(flags, 0o6755)).toBe(allowed);
  });

  it('has no calls whose mode it can’t see', () => {
    expect(verdict(437)).toBe(ENOSYS);
    expect(verdict(452)).toBe(ENOSYS);
  });

  it('knows no other interface to the kernel', () => {
    expect(verdictOf(filter, { number: numbers['read'] ?? 0, architecture: audit.i386 })).toBe(ENOSYS);
    if (name === 'x64') expect(verdict(0x40000000)).toBe(ENOSYS);
  });
});
