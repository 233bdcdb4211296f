import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.js';
import {
  maySupervise,
  openSupervisedBottles,
  type SupervisedBottles,
  sidecarOf,
  supervisionNeeds,
} from '../support/supervised-bottles.js';

let bottles: SupervisedBottles;

const secret = 'vault-7f3a9c2e51d84b60-of-the-log';
const bottle = `
egress:
  unknown_host: supervise
  routes:
    - host: www.public.test
      auth: {scheme: Bearer, token_ref: LOG_TOKEN}
      dlp: {outbound_on_match: block}`;

interface LogEntry {
  readonly kind: string;
  readonly verdict: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

async function logged(): Promise<LogEntry[]> {
  const { stdout } = await bottles.run(['log', '--json']).finished;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogEntry);
}

const requestsTo = (entries: readonly LogEntry[], host: string) =>
  entries.filter(({ kind, body }) => kind === 'request' && body['host'] === host);

needs(supervisionNeeds, maySupervise(), 'the log of bottles that end soon', () => {
  beforeAll(async () => {
    bottles = await openSupervisedBottles(bottle);
  });
  afterEach(() => bottles.clear());
  afterAll(() => bottles?.[Symbol.asyncDispose]());

  const run = (script: string) => bottles.bottle(script, { LOG_TOKEN: secret }).finished;

  test('has nothing of the proof of the walls, but the same request of an agent', async () => {
    const toProxy = async () =>
      (await logged()).filter(({ body }) => body['code'] === 'request-to-proxy').length;
    await run('true');
    expect(await toProxy()).toBe(0);
    await run("curl -sS --noproxy '*' http://127.0.0.1:3128/");
    expect(await toProxy()).toBe(1);
  });

  test('has every refused CONNECT', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { code } = await run(`curl -sS https://refused-${round}.test:8443/`);
      expect(code).toBe(56);
    }
    const entries = await logged();
    for (let round = 0; round < 10; round += 1)
      expect(requestsTo(entries, `refused-${round}.test`)).toMatchObject([
        { verdict: 'refused', body: { method: 'CONNECT', code: 'port-not-allowed' } },
      ]);
  });

  test('has every blocked secret', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { stdout } = await run(`curl -sS --data 'it is ${secret}' https://www.public.test/${round}`);
      expect(stdout).toContain('secret-found');
    }
    const blocked = requestsTo(await logged(), 'www.public.test').filter(
      ({ body }) => body['method'] === 'POST',
    );
    expect(blocked.map(({ body }) => [body['path'], body['code']])).toEqual(
      Array.from({ length: 10 }, (_, round) => [`/${round}`, 'secret-found']),
    );
    expect(bottles.network.requests).toEqual([]);
  });

  test('has the end of a sidecar whose agent runs on, which is told once and changes no exit code', async () => {
    const agent = bottles.bottle(
      'curl -s https://cut-off.test/; while [ ! -e told ]; do sleep 0.05; done; exit 7',
      { LOG_TOKEN: secret },
    );
    await bottles.untilHeld(agent, 1);
    process.kill(sidecarOf(agent), 'SIGKILL');
    while (!(await logged()).some(({ kind }) => kind === 'sidecar-ended'))
      expect(agent.child.exitCode).toBe(null);
    await writeFile(join(bottles.folder, 'workspace/told'), '');
    const { code, stderr } = await agent.finished;
    expect(code).toBe(7);
    expect(stderr.match(/^bot-bottle: .*/gm)).toEqual([
      'bot-bottle: the sidecar ended: the agent runs on, but nothing can leave the bottle any more',
    ]);
    const kinds = (await logged()).map(({ kind }) => kind);
    expect(kinds.slice(-4)).toEqual(['proposal', 'proposal-ended', 'sidecar-ended', 'bottle-ended']);
    expect((await run('exit 3')).stderr).toBe('');
    expect((await logged()).filter(({ kind }) => kind === 'sidecar-ended')).toHaveLength(1);
  });

  test('calls nothing allowed that nobody approved', async () => {
    // Leaves when it is held, and ends when that is told: how long either takes on a busy machine nobody knows.
    const until = (file: string) => `while [ ! -e ${file} ]; do sleep 0.05; done`;
    const tell = (file: string) => writeFile(join(bottles.folder, 'workspace', file), '');
    const leaver = bottles.bottle(
      `curl -sS https://left.test/ & ${until('leave')}; kill $!; ${until('over')}`,
      { LOG_TOKEN: secret },
    );
    await bottles.untilHeld(leaver, 1);
    await tell('leave');
    while (requestsTo(await logged(), 'left.test').length < 2) expect(leaver.child.exitCode).toBe(null);
    await tell('over');
    await leaver.finished;
    expect(requestsTo(await logged(), 'left.test')).toMatchObject([
      { verdict: 'held', body: { method: 'CONNECT' } },
      { verdict: 'refused', body: { method: 'GET', code: 'held-client-left' } },
    ]);
    const agent = bottles.bottle('curl -sS https://denied.test/', { LOG_TOKEN: secret });
    const [held] = await bottles.untilHeld(agent, 1);
    await bottles.run(['deny', held?.id ?? '']).finished;
    await agent.finished;
    expect(requestsTo(await logged(), 'denied.test')).toMatchObject([
      { verdict: 'held', body: { method: 'CONNECT' } },
      { verdict: 'refused', body: { method: 'GET', code: 'held-denied' } },
    ]);
    expect([bottles.network.requests, bottles.network.asked]).toEqual([[], []]);
  });
});
