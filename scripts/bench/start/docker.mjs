// Starts on a Docker engine, beside two containers that the engine starts by itself.
import { spawnSync } from 'node:child_process';

function docker(...args) {
  const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

const runtimes = [
  { runtime: 'runc', name: 'docker' },
  { runtime: 'runsc', name: 'docker, gVisor' },
];
const noProgram = 'the program docker, or an engine that answers it';

/** A row for a bottle under each runtime, and one for what the engine alone takes; those that can't run say what is missing. */
export function dockerRows(bottle, firstInstruction) {
  const engine = docker('info', '--format', '{{json .Runtimes}}');
  const version = docker('version', '--format', '{{.Server.Version}}');
  const found = engine === null ? [] : Object.keys(JSON.parse(engine));
  return runtimes.flatMap(({ runtime, name }) => {
    const bare = `docker run twice (${runtime})`;
    const missing = engine === null ? noProgram : found.includes(runtime) ? null : `the runtime ${runtime}`;
    return [
      {
        rig: {
          name: `bot-bottle (${name})`,
          title: `bot-bottle start --backend docker --runtime ${runtime}`,
          kind: 'ours',
          beside: [bare, 'node alone'],
        },
        missing,
        ...bottle('docker', ['--runtime', runtime]),
      },
      {
        rig: {
          name: bare,
          title: `docker run --detach, then docker run under ${runtime}: an engine's two bare containers`,
          kind: 'limit',
          version,
        },
        missing,
        ...twoContainers(runtime, firstInstruction),
      },
    ];
  });
}

/** What a bottle needs at least: one container beside, then one with the command. */
function twoContainers(runtime, firstInstruction) {
  const beside = `bot-bottle-bench-${process.pid}-${runtime}`;
  const script =
    'docker run --detach --name "$0" "$1" sleep 60 >/dev/null && shift && exec docker run --rm "$@"';
  return {
    // The image is there once a bottle has been started.
    command: 'sh',
    args: () => {
      const image = docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'bot-bottle/shell')?.split(
        '\n',
      )[0];
      return ['-c', script, beside, image, '--runtime', runtime, image, ...firstInstruction];
    },
    after: () => docker('rm', '--force', beside),
  };
}
