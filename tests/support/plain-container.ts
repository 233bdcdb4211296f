import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { newestImage, type TestEngine } from './engine.js';

const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures/attacks/network.py');

/** What an attacker tries: kind, address or path, port (null for a unix socket). */
export type Target = readonly [kind: string, address: string, port: number | null];

/**
 * The positive control: a container that is no bottle, on the given network, makes the same attempts on the same
 * targets. Answers those that it reached.
 */
export async function reachedFromPlainContainer(
  { docker }: TestEngine,
  network: string,
  targets: readonly Target[],
): Promise<string[]> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough().resume()];
  let written = '';
  stdout.on('data', (chunk) => {
    written += chunk;
  });
  const given = 'import io, os, sys\nsys.stdin = io.StringIO(os.environ["TARGETS"])\n';
  const [, container] = await docker.run(
    await newestImage(docker, 'shell'),
    ['python3', '-c', given + readFileSync(program, 'utf8')],
    [stdout, stderr] as never,
    {
      Tty: false,
      Env: [`TARGETS=${JSON.stringify(targets)}`],
      HostConfig: { NetworkMode: network },
    },
  );
  await container.remove({ force: true });
  return JSON.parse(written).reached;
}

/** A network of the test's own, for as long as the work takes. */
export async function withNetwork<Result>(
  { docker }: TestEngine,
  options: { readonly internal: boolean },
  work: (name: string, gateway: string) => Promise<Result>,
): Promise<Result> {
  const name = `control-${process.pid}-${options.internal}`;
  const network = await docker.createNetwork({ Name: name, Driver: 'bridge', Internal: options.internal });
  try {
    const { IPAM } = await network.inspect();
    return await work(name, IPAM?.Config?.[0]?.Gateway ?? '');
  } finally {
    await network.remove();
  }
}
