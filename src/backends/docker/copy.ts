import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { BottleError } from '../../contract/errors.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices } from '../../plan/ports.js';
import { stateFolder } from '../../plan/user-folders.js';
import { archive } from './build-context.js';
import type { ContainerFacts } from './containers.js';
import { splitFrames } from './frames.js';
import { labelsFor, nameOf, type OwnLabels } from './names.js';

/** Two copies of the workspace: the one the agent works on, and the one that it never sees. */
const copies = ['before', 'after'] as const;
/** Bytes; a patch is held in memory. */
const largestPatch = 256 * 1024 * 1024;

export async function createCopies(docker: Docker, own: OwnLabels): Promise<void> {
  for (const role of copies) {
    await docker.createVolume({ Name: nameOf(own.plan.id, role), Labels: labelsFor(own, role) });
  }
}

/** Sends the workspace to the engine, as the agent's own files. */
export async function copyIn(
  docker: Docker,
  { plan, user }: Pick<ContainerFacts, 'plan' | 'user'>,
  services: BackendServices,
): Promise<void> {
  const keeper = docker.getContainer(nameOf(plan.id, 'keeper'));
  // An archive's own root is passed over by the engine: the folders get their owner from above.
  await keeper.putArchive(await archive([], copies, user), { path: '/bottle' });
  for (const role of copies) {
    // With a name before it the number is taken as one, whoever has that number here.
    const owner = [`--owner=agent:${user.uid}`, `--group=agent:${user.gid}`];
    const tar = services.processes.start('tar', ['-C', plan.workspace.source, ...owner, '-cf', '-', '.'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (!tar.stdout) throw new Error('tar has no output');
    await keeper.putArchive(tar.stdout as unknown as NodeJS.ReadableStream, { path: `/bottle/${role}` });
    // 1: some files changed as they were read.
    const code = await tar.exit;
    if (code > 1) throw copyFailed(plan.workspace.source, code);
  }
}

function copyFailed(workspace: string, code: number): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `the workspace could not be copied (tar ended with ${code})`,
    where: workspace,
    hint: 'look for files that you may not read',
  });
}

/**
 * Compares the two copies in the keeper, so that no program of this machine reads what the agent wrote. The repository
 * is a fresh one outside both: the settings and hooks of the workspace's own have no say. What .gitignore names is left
 * out. Files are given to git by name, because it looks into no repository inside another and ends at one without a
 * commit; for the same reason what is no file is passed by, and what was closed is opened. Nothing that the agent may
 * leave in its copy must keep the rest from being seen.
 */
const comparison = `set -e
export GIT_DIR=/tmp/compare.$$ GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=/tmp LC_ALL=C
trap 'rm -rf "$GIT_DIR"' EXIT
git init -q --bare "$GIT_DIR"
git config core.bare false
echo '* -working-tree-encoding' > "$GIT_DIR/info/attributes"
tree_of() {
  export GIT_WORK_TREE="$1"
  cd "$1"
  find . -type d ! '(' -readable -executable ')' -exec chmod u+rwx {} ';' -o -type f ! -readable -exec chmod u+r {} ';'
  find . -mindepth 1 -name .git -prune -o '(' -type f -o -type l ')' -printf '%P\\0' | sort -z > "$GIT_DIR/all"
  git check-ignore -z --stdin < "$GIT_DIR/all" > "$GIT_DIR/ignored" || [ $? = 1 ]
  git read-tree --empty
  sort -z "$GIT_DIR/ignored" | comm -z -23 "$GIT_DIR/all" - | git update-index -z --add --remove --stdin
  git write-tree
}
before=$(tree_of /bottle/before)
after=$(tree_of /bottle/after)
export GIT_WORK_TREE=/bottle/before
git diff --binary --no-color --no-ext-diff --no-textconv "$before" "$after"
`;

/** What the agent changed, as a patch for `git apply`. */
export async function patchOf(docker: Docker, bottle: string, user: string): Promise<Buffer> {
  const exec = await docker.getContainer(nameOf(bottle, 'keeper')).exec({
    Cmd: ['sh', '-c', comparison],
    User: user,
    WorkingDir: '/bottle/before',
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  const chunks: Buffer[] = [];
  let size = 0;
  const stdout = new PassThrough().on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= largestPatch) chunks.push(chunk);
  });
  await finished(stream.pipe(splitFrames(stdout, new PassThrough().resume())).resume());
  const { ExitCode } = await exec.inspect();
  if (ExitCode === 0 && size <= largestPatch) return Buffer.concat(chunks);
  throw new BottleError({
    code: 'start-failed',
    message:
      size > largestPatch
        ? 'the changes are larger than 256 MB'
        : `the copies could not be compared (${ExitCode})`,
    where: bottle,
  });
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the patch of a bottle that has ended lies. */
export function patchFile(bottle: string, environment: Environment): string {
  const state = stateFolder(environment, () => userInfo().homedir);
  return join(state, 'bot-bottle/patches', `${bottle}.patch`);
}

/** Keeps what a bottle changed before it is taken down; nothing is written where nothing changed. */
export async function savePatch(
  docker: Docker,
  plan: BottlePlan,
  user: string,
  environment: Environment,
): Promise<void> {
  const patch = await patchOf(docker, plan.id, user);
  if (patch.length === 0) return;
  const file = patchFile(plan.id, environment);
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFile(file, patch, { mode: 0o600 });
}
