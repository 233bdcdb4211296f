import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';

/** The addresses and containers of one running bottle. */
export interface BottleParts {
  readonly bottle: string;
  readonly agentId: string;
  readonly sidecarId: string;
  readonly internalNetwork: string;
  /** In the bottle's own network. */
  readonly agent: string;
  readonly sidecar: string;
  /** The sidecar's side that leads out, and the host's address there. */
  readonly outer: string;
  readonly outerGateway: string;
  /** Runs a shell's line in the sidecar, as no agent could. */
  inSidecar(line: string): Promise<string>;
}

/** Of the one running bottle on the workspace that isn't among those known. */
export async function partsOf(
  docker: Docker,
  workspace: string,
  known: readonly string[] = [],
): Promise<BottleParts> {
  const all = await docker.listContainers({
    filters: JSON.stringify({ label: [`bot-bottle.workspace=${workspace}`] }),
  });
  const ours = all.filter(({ Labels }) => !known.includes(Labels['bot-bottle.bottle'] ?? ''));
  const withRole = async (role: string) => {
    const [container, ...more] = ours.filter(({ Labels }) => Labels['bot-bottle.role'] === role);
    if (!container || more.length > 0)
      throw new Error(`not one ${role}: ${JSON.stringify(ours.map(({ Names, State }) => [Names, State]))}`);
    return docker.getContainer(container.Id).inspect();
  };
  const [agent, sidecar, keeper] = await Promise.all(['agent', 'sidecar', 'keeper'].map(withRole));
  if (!agent || !sidecar || !keeper) throw new Error('a part of the bottle is missing');
  const bottle = agent.Config.Labels['bot-bottle.bottle'] ?? '';
  const internalNetwork = `bot-bottle-${bottle}-internal`;
  const outer = sidecar.NetworkSettings.Networks[`bot-bottle-${bottle}-egress`];
  return {
    bottle,
    agentId: agent.Id,
    sidecarId: sidecar.Id,
    internalNetwork,
    agent: keeper.NetworkSettings.Networks[internalNetwork]?.IPAddress ?? '',
    sidecar: sidecar.NetworkSettings.Networks[internalNetwork]?.IPAddress ?? '',
    outer: outer?.IPAddress ?? '',
    outerGateway: outer?.Gateway ?? '',
    inSidecar: (line) => execute(docker.getContainer(sidecar.Id), ['sh', '-c', line]),
  };
}

async function execute(container: Docker.Container, command: readonly string[]): Promise<string> {
  const exec = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const stdout = new PassThrough();
  let text = '';
  stdout.on('data', (chunk) => {
    text += chunk;
  });
  container.modem.demuxStream(stream, stdout, new PassThrough().resume());
  await finished(
    stream.on('end', () => stdout.end()),
    { writable: false },
  );
  return text;
}

/** Listens at a port of the sidecar's outer address, and proves that the host reaches it; answers the address. */
export async function listenIn(
  docker: Docker,
  { sidecarId, outer }: BottleParts,
  port: number,
): Promise<string> {
  const program = `require('net').createServer((s) => s.end('reached')).listen(${port}, '${outer}', () => console.log('up'))`;
  const exec = await docker
    .getContainer(sidecarId)
    .exec({ Cmd: ['node', '-e', program], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  await once(stream, 'data');
  stream.resume();
  const socket = connect(port, outer);
  const [reply] = await once(socket, 'data');
  if (String(reply) !== 'reached') throw new Error('something else listens at the sidecar');
  socket.destroy();
  return outer;
}
