import type { ReadinessProblem } from '../../plan/ports.js';

/** What the kernel and the surroundings say about user namespaces; null where there is no such setting. */
export interface KernelFacts {
  readonly root: boolean;
  /** Root may make a mount namespace, which it needs to lower the agent's rights. */
  readonly mayMount: boolean;
  /** /proc/sys/kernel/apparmor_restrict_unprivileged_userns (Ubuntu 23.10 and later). */
  readonly apparmorRestricts: boolean;
  /** /proc/sys/kernel/unprivileged_userns_clone (Debian's and some hardened kernels). */
  readonly unprivilegedClone: boolean | null;
  /** The lowest of /proc/sys/user/max_{user,pid,net,mnt,ipc,uts}_namespaces. */
  readonly fewestNamespaces: number | null;
  readonly container: boolean;
  /** A filter of system calls lies on us already (Seccomp: 2 in /proc/self/status). */
  readonly filtered: boolean;
}

const apparmorProfile = `printf '%s\\n' 'abi <abi/4.0>,' 'include <tunables/global>' \
'profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, include if exists <local/bwrap> }' \
| sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap`;

/** Why a sandbox can't be made, told from the facts and from what bwrap itself said. */
export function diagnose(facts: KernelFacts, said: string): ReadinessProblem {
  if (facts.root && !facts.mayMount) {
    return {
      message:
        'root may not mount here (no CAP_SYS_ADMIN), so that the rights of an agent started by root cannot be lowered',
      mend: facts.container
        ? 'run as an ordinary user in the container, or start the container with --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined'
        : 'run as an ordinary user',
    };
  }
  if (facts.fewestNamespaces === 0) {
    return {
      message: 'the kernel allows no namespaces (a limit in /proc/sys/user/max_*_namespaces is 0)',
      mend: 'sudo sysctl -w user.max_user_namespaces=15000 (and the like for the one that is 0; /etc/sysctl.d keeps it)',
    };
  }
  if (facts.unprivilegedClone === false) {
    return {
      message: 'the kernel keeps user namespaces from ordinary users (kernel.unprivileged_userns_clone=0)',
      mend: 'sudo sysctl -w kernel.unprivileged_userns_clone=1 (/etc/sysctl.d keeps it)',
    };
  }
  if (facts.apparmorRestricts) {
    return {
      message:
        "AppArmor keeps user namespaces from programs without a profile (Ubuntu's default), and bwrap has none",
      mend: `${apparmorProfile}   (or, for every program: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)`,
    };
  }
  if (facts.container && /mount proc/i.test(said)) {
    return {
      message: 'this container hides parts of /proc, so that the kernel refuses a fresh one',
      mend: 'start the container with --security-opt systempaths=unconfined',
    };
  }
  if (facts.container || facts.filtered) {
    return {
      message: `the container's filter of system calls refuses namespaces: ${said}`,
      mend: 'start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined',
    };
  }
  return {
    message: `bwrap can't make a sandbox: ${said}`,
    mend: 'bwrap --unshare-all --ro-bind / / true   shows it; a security module of the kernel may say more in dmesg',
  };
}
