import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { exitCodes } from '../contract/errors.js';
import { exampleFolder, programFile } from '../host/package-files.js';
import { processes } from '../host/processes.js';
import { type Attempt, attempts, type Report } from './attempts.js';
import { type Canary, type DemoUpstream, startCanary, startUpstream } from './upstream.js';

export interface DemoRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly backend: string | undefined;
  readonly print: (text: string) => void;
}

const tokenMark = 'demo-token-';
const host = 'api.demo.example';

/** Runs the demo's agent through the very command line that a user types; answers the exit code. */
export async function runDemo({ environment, backend, print }: DemoRequest): Promise<number> {
  const token = tokenMark + randomBytes(16).toString('hex');
  const home = await mkdtemp(join(tmpdir(), 'bot-bottle-demo-'));
  try {
    await using upstream = await startUpstream(host, token);
    await using canary = await startCanary();
    const workspace = await writeDemo(home, upstream, canary);
    print(
      `A bottle for the demo agent; its one route is ${host}, GET below /v1/, with a token added on the way out.\n\n`,
    );
    const spawned = Date.now();
    const { code, reports } = await runAgent(
      { ...environment, BOT_BOTTLE_HOME: home, XDG_STATE_HOME: home, DEMO_TOKEN: token },
      workspace,
      backend,
      print,
    );
    return conclude({ code, reports, spawned, upstream, canary, print });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function writeDemo(home: string, upstream: DemoUpstream, canary: Canary): Promise<string> {
  const examples = exampleFolder();
  for (const folder of ['bottles', 'agents', 'demo-workspace'])
    await cp(join(examples, folder), join(home, folder), { recursive: true });
  await writeFile(join(home, 'upstream.pem'), upstream.certificate);
  await writeFile(
    join(home, 'bottles/demo-here.md'),
    `---
extends: demo
env:
  DEMO_TOKEN_MARK: ${tokenMark}
  DEMO_ADDRESSES: ${[...canary.addresses, `127.0.0.1:${upstream.port}`].join(',')}
egress:
  routes:
    - host: ${host}
      connect_to: 127.0.0.1:${upstream.port}
      ca_file: ${home}/upstream.pem
---
`,
  );
  await writeFile(join(home, 'agents/demo-here.md'), '---\nbottle: demo-here\n---\n');
  return join(home, 'demo-workspace');
}

async function runAgent(
  environment: Readonly<Record<string, string | undefined>>,
  workspace: string,
  backend: string | undefined,
  print: DemoRequest['print'],
): Promise<{ code: number; reports: ReadonlyMap<string, Report> }> {
  const chosen = backend === undefined ? [] : ['--backend', backend];
  const agent = processes.start(
    process.execPath,
    [
      programFile(),
      'start',
      'demo-here',
      ...chosen,
      '--workspace',
      workspace,
      '--timing',
      '--',
      'node',
      'agent.mjs',
    ],
    { environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const reports = new Map<string, Report>();
  let told = '';
  agent.stderr?.on('data', (chunk) => {
    told += chunk;
  });
  try {
    for await (const line of createInterface({ input: agent.stdout as Readable })) {
      const report = JSON.parse(line) as Report;
      reports.set(report.attempt, report);
      const attempt = attempts.find((one) => one.attempt === report.attempt);
      if (attempt) print(lineOf(attempt, report));
    }
  } catch (thrown) {
    // Nobody reads what we print any more: its bottle is taken down before the folder that it writes in.
    agent.kill('SIGTERM');
    await agent.exit.catch(() => {});
    throw thrown;
  }
  const code = await agent.exit;
  print(`\nWhere the time of the start went:\n${told}`);
  return { code, reports };
}

function lineOf(attempt: Attempt, report: Report): string {
  const { well, text } = attempt.judge(report.outcome);
  return `${well ? 'as it should' : 'WRONG       '}  ${attempt.title}\n              ${text}\n`;
}

interface Ending {
  readonly code: number;
  readonly reports: ReadonlyMap<string, Report>;
  readonly spawned: number;
  readonly upstream: DemoUpstream;
  readonly canary: Canary;
  readonly print: DemoRequest['print'];
}

/** The agent's word alone would not do: the upstream and the canary have counted too. */
function conclude({ code, reports, spawned, upstream, canary, print }: Ending): number {
  const first = reports.get('first instruction')?.outcome['time'];
  if (typeof first === 'number')
    print(`First instruction of the agent ${first - spawned} ms after the command line.\n`);
  print(
    `The upstream saw ${upstream.requests()} request, ${upstream.authorized()} with the token; ${canary.connections()} connections got past the proxy.\n`,
  );
  const well = attempts.every(({ attempt, judge }) => {
    const report = reports.get(attempt);
    return report !== undefined && judge(report.outcome).well;
  });
  if (
    code === 0 &&
    well &&
    upstream.requests() === 1 &&
    upstream.authorized() === 1 &&
    canary.connections() === 0
  ) {
    print('All of it came out as it should.\n');
    return exitCodes.success;
  }
  print(`Not all of it came out as it should${code === 0 ? '' : ` (the start ended with ${code})`}.\n`);
  return code === 0 ? exitCodes.findings : code;
}
