import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Playground, StartedBottle } from '../../support/bottles.js';
import { builtProgram, makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const bottle = 'egress: {unknown_host: supervise, routes: []}\n';
/** What the agent gets for one request; the proxy's answer to CONNECT, where there is one, comes first. */
const ask = (path: string) =>
  `curl -sS --max-time 280 -o /tmp/answer -w '%{http_connect} %{http_code}\\n' https://held.example.com${path}; cat /tmp/answer; echo asked`;

needs('docker engine', found !== null, 'held requests of a Docker bottle', () => {
  const engine = found as TestEngine;
  let playground: Playground;
  let before: string[];
  beforeAll(async () => {
    before = await leftovers(engine, []);
    // No name server answers: an approved request gets as far as being resolved, and nothing leaves this machine.
    playground = makeDockerPlayground(engine, engine.member, bottle, {
      BOT_BOTTLE_NAME_SERVERS: '127.0.0.1:9',
    });
  });
  afterAll(async () => {
    playground.remove();
    expect(await leftovers(engine, [])).toEqual(before);
  });

  const ours = async (...args: string[]) => {
    const child = spawn(builtProgram.node, [builtProgram.cli, ...args], {
      env: playground.environment,
      uid: engine.member.uid,
      gid: engine.member.gid,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, stdout };
  };
  const held = async (agent: StartedBottle) => {
    let ended = false;
    agent.finished.then(() => {
      ended = true;
    });
    for (;;) {
      const all = JSON.parse((await ours('proposals', '--json')).stdout);
      if (all.length > 0) return all;
      if (ended) throw new Error(`ended: ${JSON.stringify(await agent.finished)}`);
    }
  };

  it('are listed, denied with a note that the agent reads, and approved through the container’s own streams', async () => {
    const agent = playground.start(['bash', '-c', `${ask('/one')}; read line; ${ask('/two')}`]);
    const [first, ...more] = await held(agent);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ host: 'held.example.com', kind: 'unknown-host' });
    expect((await ours('deny', first.id, '--why', 'not in this project')).code).toBe(0);
    await agent.seen('asked');
    agent.process.stdin?.end('\n');
    const [second] = await held(agent);
    expect(second.id).not.toBe(first.id);
    expect((await ours('approve', second.id)).code).toBe(0);
    const { stdout, stderr } = await agent.finished;
    const [denied = '', approved = ''] = stdout.split('asked');
    expect(denied, stderr).toMatch(/403/);
    expect(denied).toContain('not in this project');
    expect(approved).not.toMatch(/403/);
    expect(approved).toMatch(/502|504/);
    const log = await ours('log', '--json');
    expect(log.stdout).toContain('approve-once');
  });

  it('are refused once their command line is killed, and prune takes the rest away', async () => {
    const agent = playground.start(['bash', '-c', ask('/three')]);
    await held(agent);
    agent.process.kill('SIGKILL');
    await agent.finished;
    expect(JSON.parse((await ours('proposals', '--json')).stdout)).toEqual([]);
    expect((await ours('prune')).code).toBe(0);
    expect(await leftovers(engine, [])).toEqual(before);
  });
});
