import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { secretToken } from '../../support/bottles.js';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { partsOf } from '../../support/docker-parts.js';
import { encodings } from '../../support/encodings.js';
import { findEngine, newestImage, type TestEngine } from '../../support/engine.js';
import { needs, runsAsRoot } from '../../support/needs.js';

const found = await findEngine();
/** Goes out in a header of the route's own. */
const secondSecret = 'second-8d1b7e40aa6392fc-for-a-header';
const bottle = `egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: E2E_TOKEN}
      headers: [{name: x-api-key, value_ref: SECOND_SECRET}]
`;

needs('docker engine', found !== null, 'what the engine tells of a bottle', () => {
  const { docker, member } = (found ?? {}) as TestEngine;

  it.each(['mount', 'copy'])('holds no secret in any form, with a %s of the workspace', async (mode) => {
    const playground = makeDockerPlayground(found as TestEngine, member, bottle, {
      BOT_BOTTLE_RUNTIME: 'runc',
      SECOND_SECRET: secondSecret,
    });
    const started = playground.start(['sh', '-c', 'echo up; exec sleep 300'], {
      options: ['--workspace-mode', mode],
    });
    try {
      await started.seen('up');
      const { bottle: name } = await partsOf(docker, playground.workspace);
      const control = await docker.createContainer({
        Image: await newestImage(docker, 'shell'),
        Env: [`CONTROL=${Buffer.from(secretToken).toString('base64')}`],
        Labels: { 'bot-bottle.bottle': name },
      });
      const withControl = await everythingTold(docker, name);
      await control.remove();
      expect(secretsIn(withControl)).toContain(`${secretToken} in base64`);
      const told = await everythingTold(docker, name);
      expect(told.length).toBeGreaterThan(10_000);
      expect(secretsIn(told)).toEqual([]);
      expect(/BEGIN [A-Z ]*PRIVATE KEY/.test(told)).toBe(false);
    } finally {
      started.process.kill('SIGTERM');
      await started.finished;
      playground.remove();
    }
  });
});

function secretsIn(told: string): string[] {
  return [secretToken, secondSecret].flatMap((secret) =>
    Object.entries(encodings)
      .filter(([, encode]) =>
        told.includes(Buffer.from(encode(secret)).toString('latin1').replace(/=+$/, '')),
      )
      .map(([name]) => `${secret} in ${name}`),
  );
}

/** All that the engine's interface says of a bottle, and of our images; as root also its own files about the containers. */
async function everythingTold(docker: Docker, bottle: string): Promise<string> {
  const filters = JSON.stringify({ label: [`bot-bottle.bottle=${bottle}`] });
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const { Volumes } = await docker.listVolumes({ filters });
  const images = await docker.listImages({ filters: JSON.stringify({ label: ['bot-bottle.image'] }) });
  const { DockerRootDir } = await docker.info();
  const told: unknown[] = [containers, networks, Volumes];
  const files: string[] = [];
  for (const { Id } of containers) {
    const container = docker.getContainer(Id);
    const log = await container
      .logs({ stdout: true, stderr: true, follow: false })
      .catch((error: Error) => error.message);
    told.push(await container.inspect(), await container.top().catch(() => ''), log.toString('latin1'));
    told.push((await container.changes()) ?? '');
    if (runsAsRoot) files.push(...textsIn(join(DockerRootDir, 'containers', Id)));
  }
  for (const { Id } of networks) told.push(await docker.getNetwork(Id).inspect());
  for (const { Mountpoint } of Volumes ?? []) if (runsAsRoot) files.push(...textsIn(Mountpoint));
  for (const { Id } of images)
    told.push(await docker.getImage(Id).inspect(), await docker.getImage(Id).history());
  return `${JSON.stringify(told)}${files.join('\n')}`;
}

function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
}
