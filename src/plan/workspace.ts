import { BottleError } from '../contract/errors.js';

/** Folders that an agent must not have within its workspace, nor its workspace within them. */
export interface PrivateFolders {
  readonly home: string;
  /** Manifests, state, sockets: real paths. */
  readonly ours: readonly string[];
}

/** The machine's own: what lies there is not one project's. */
const systemFolders = new Set(
  '/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /var /var/tmp'.split(
    ' ',
  ),
);
/** Whose every folder is the kernel's. */
const kernelFolders = ['/proc', '/sys', '/dev'];

/** Refuses a workspace by which an agent would reach more than one project. Paths are real ones. */
export function assertWorkspaceAllowed(workspace: string, { home, ours }: PrivateFolders): void {
  const reason = reasonAgainst(workspace, home, ours);
  if (reason === null) return;
  throw new BottleError({
    code: 'usage',
    message: `the workspace ${reason}, and the agent would reach all of that`,
    where: workspace,
    hint: "give one project's folder with --workspace DIR",
  });
}

function reasonAgainst(workspace: string, home: string, ours: readonly string[]): string | null {
  if (systemFolders.has(workspace) || kernelFolders.some((folder) => contains(folder, workspace))) {
    return "is one of the machine's own folders";
  }
  if (contains(workspace, home)) return 'holds your home folder';
  const own = ours.find((folder) => contains(folder, workspace) || contains(workspace, folder));
  return own === undefined ? null : `holds or lies in ${own}, where bot-bottle keeps its own files`;
}

/** Of two absolute paths, whether the first is the second or a folder above it. */
export function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer === '/' ? outer : `${outer}/`);
}
