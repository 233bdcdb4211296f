import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hasProgram, needs } from '../support/needs.js';
import { mayMakeNetworks, type PublicNetwork, startPublicNetwork } from '../support/public-network.js';
import { openTerminal, type Terminal } from '../support/tmux.js';

const program = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist/cli.js');
const ready = hasProgram('bwrap') && hasProgram('curl') && hasProgram('tmux') && mayMakeNetworks();

let network: PublicNetwork;
let folder = '';
let environment: NodeJS.ProcessEnv = {};
const running = new Set<ChildProcess>();

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

function run(args: readonly string[], more: NodeJS.ProcessEnv = {}): Started {
  const [command, ...rest] = network.inside(process.execPath, program, ...args);
  const child = spawn(command, rest, {
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const finished = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, stdout, stderr };
  });
  return { child, finished };
}

/** A bottle whose agent runs one line of shell. */
const bottle = (script: string, more: NodeJS.ProcessEnv = {}) =>
  run(
    [
      'start',
      'asker',
      '--backend',
      'bubblewrap',
      '--workspace',
      join(folder, 'workspace'),
      '--',
      'bash',
      '-c',
      script,
    ],
    more,
  );

const curl = (path: string) => `curl -sS --max-time 60 -w ' %{http_code}\\n' https://www.public.test${path}`;

interface Held {
  readonly id: string;
  readonly host: string;
  readonly path: string;
}

async function held(): Promise<Held[]> {
  const { stdout } = await run(['proposals', '--json']).finished;
  return JSON.parse(stdout) as Held[];
}

/** Looks until so many wait; fails when the bottle ends before. */
async function untilHeld(agent: Started, count: number): Promise<Held[]> {
  for (;;) {
    const found = await held();
    if (found.length >= count) return found;
    if (!running.has(agent.child))
      throw new Error(`the bottle ended: ${JSON.stringify(await agent.finished)}`);
  }
}

const openScreen = (more: NodeJS.ProcessEnv = {}, before = ''): Promise<Terminal> =>
  openTerminal(
    join(folder, 'tmux'),
    network.inside,
    { ...environment, ...more },
    `${before}${process.execPath} ${program} supervise; echo left with $?; exec sleep 600`,
  );

const answerable = (screen: string) => screen.includes('a approve once');

needs(
  'bubblewrap, curl, tmux and the right to make a network',
  ready,
  'held requests of real bottles',
  () => {
    beforeAll(async () => {
      network = await startPublicNetwork();
      folder = await mkdtemp(join(tmpdir(), 'supervise-'));
      await mkdir(join(folder, 'home/bottles'), { recursive: true });
      await mkdir(join(folder, 'home/agents'));
      await mkdir(join(folder, 'workspace'));
      await writeFile(
        join(folder, 'home/bottles/curious.md'),
        '---\negress: {unknown_host: supervise}\n---\n',
      );
      await writeFile(join(folder, 'home/agents/asker.md'), '---\nbottle: curious\n---\n');
      await writeFile(join(folder, 'upstreams.pem'), network.certificate);
      environment = {
        PATH: process.env['PATH'],
        HOME: folder,
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        BOT_BOTTLE_HOME: join(folder, 'home'),
        BOT_BOTTLE_EXTRA_CA: join(folder, 'upstreams.pem'),
        BOT_BOTTLE_NAME_SERVERS: network.nameServer,
        XDG_STATE_HOME: join(folder, 'state'),
      };
    });
    afterEach(async () => {
      for (const child of running) {
        const gone = once(child, 'close');
        child.kill('SIGTERM');
        await gone;
      }
      network.requests.length = 0;
      network.asked.length = 0;
    });
    afterAll(async () => {
      await network?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    test('approve lets a request out, once; deny tells the agent why', async () => {
      const agent = bottle(`${curl('/one')}; ${curl('/two')}`);
      const [first] = await untilHeld(agent, 1);
      expect(first).toMatchObject({ host: 'www.public.test', path: '/one' });
      expect(network.asked).toEqual([]);
      expect(await run(['approve', first?.id ?? '']).finished).toMatchObject({
        code: 0,
        stdout: `${first?.id}: approved\n`,
      });
      const second =
        (await untilHeld(agent, 1)).find(({ path }) => path === '/two') ?? (await untilHeld(agent, 1))[0];
      expect(second?.path).toBe('/two');
      expect((await run(['deny', second?.id ?? '', '--why', 'one is enough']).finished).code).toBe(0);
      const { stdout, code } = await agent.finished;
      expect(code).toBe(0);
      expect(stdout).toContain('hello from outside\n 200');
      expect(stdout).toContain('"note":"one is enough"');
      expect(stdout).toContain(' 403');
      expect(network.requests).toEqual(['GET www.public.test/one']);
      expect(await run(['approve', second?.id ?? '']).finished).toMatchObject({ code: 1 });
    });

    test('approve --always covers the host for the life of the bottle', async () => {
      const agent = bottle(`${curl('/one')}; ${curl('/two')}`);
      const [first] = await untilHeld(agent, 1);
      await run(['approve', '--always', first?.id ?? '']).finished;
      expect((await agent.finished).stdout.match(/ 200$/gm)).toHaveLength(2);
      expect(network.requests).toEqual(['GET www.public.test/one', 'GET www.public.test/two']);
    });

    test('a request that nobody answers is refused when its time is over', async () => {
      const { stdout } = await bottle(curl('/late'), { EGRESS_TOKEN_ALLOW_TIMEOUT_SECONDS: '1' }).finished;
      expect(stdout).toContain('held-timeout');
      expect(stdout).toContain(' 403');
      expect([network.requests, network.asked]).toEqual([[], []]);
    });

    test('on the screen: approved by key, denied with a note, and gone with its client', async () => {
      await using screen = await openScreen();
      await screen.until((shown) => shown.includes('0 held in 0 running bottles'));
      const agent = bottle(
        `${curl('/approved')}; ${curl('/denied')}; timeout -s KILL 3 ${curl('/left')}; true`,
      );
      await screen.until((shown) => shown.includes('/approved') && answerable(shown));
      await screen.keys('a');
      await screen.until((shown) => shown.includes('/denied') && answerable(shown));
      await screen.keys('n');
      await screen.keys('-l', 'not today');
      await screen.keys('Enter');
      await screen.until((shown) => shown.includes('> ') && shown.includes('/left'));
      const gone = await screen.until((shown) => shown.includes('gone: the client left'));
      expect(gone).toContain('0 held');
      const { stdout } = await agent.finished;
      expect(stdout).toContain('hello from outside\n 200');
      expect(stdout).toContain('"note":"not today"');
      expect(network.requests).toEqual(['GET www.public.test/approved']);
      await screen.keys('q');
      await screen.until((shown) => shown.includes('left with 0'));
    });

    test('the screen works without colour, refuses a terminal that is none, and leaves it as it was', async () => {
      const agent = bottle(curl('/plain'));
      await untilHeld(agent, 1);
      {
        await using screen = await openScreen({ NO_COLOR: '1' }, 'echo before; ');
        const shown = await screen.until((text) => text.includes('/plain'));
        expect(shown).toMatch(/^> .*GET www\.public\.test\/plain/m);
        expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
        await screen.keys('?');
        await screen.until((text) => text.includes('approve this one request'));
        await screen.keys('Escape');
        await screen.until((text) => text.includes('/plain'));
        await screen.keys('C-c');
        const after = await screen.until((text) => text.includes('left with 0'));
        expect(after).toContain('before');
        expect(after).not.toContain('/plain');
      }
      {
        await using screen = await openScreen({ TERM: 'dumb' }, 'TERM=dumb ');
        await screen.until((text) => text.includes("can't show a screen") && text.includes('left with 2'));
      }
      const [proposal] = await held();
      await run(['deny', proposal?.id ?? '']).finished;
      await agent.finished;
    });

    test('200 are held at once, in one list, and each is let out by its own approval', async () => {
      const agent = bottle(`seq 200 | xargs -P 200 -I N ${curl('/N')}`);
      const all = await untilHeld(agent, 200);
      expect(network.requests).toEqual([]);
      await using screen = await openScreen();
      await screen.until((shown) => shown.includes('200 held in 1 running bottles'));
      await screen.keys('/');
      await screen.keys('-l', '.test/177');
      await screen.keys('Enter');
      await screen.until((shown) => shown.includes('1 of 200 held') && answerable(shown));
      await screen.keys('d');
      await screen.until((shown) => shown.includes('of 199 held'));
      const ids = all.filter(({ path }) => path !== '/177').map(({ id }) => id);
      expect((await run(['approve', ...ids]).finished).code).toBe(0);
      const { stdout } = await agent.finished;
      expect(stdout.match(/ 200$/gm)).toHaveLength(199);
      expect(stdout.match(/ 403$/gm)).toHaveLength(1);
      expect(network.requests).toHaveLength(199);
      expect(network.requests).not.toContain('GET www.public.test/177');
    });

    test('the screen killed: what waits goes on waiting, and nothing is let out', async () => {
      const agent = bottle(curl('/kept'));
      {
        await using screen = await openScreen();
        await screen.until((shown) => shown.includes('/kept'));
        await run(['proposals']).finished;
        process.kill(await screen.pid(), 'SIGKILL');
      }
      const [proposal] = await held();
      expect(proposal?.path).toBe('/kept');
      expect([network.requests, network.asked]).toEqual([[], []]);
      await run(['deny', proposal?.id ?? '']).finished;
      expect((await agent.finished).stdout).toContain('held-denied');
    });

    test('the sidecar killed: all that waited is gone, and nothing is let out', async () => {
      const agent = bottle(`${curl('/lost')}; echo curl ended with $?`);
      const [proposal] = await untilHeld(agent, 1);
      const children = await run(['proposals']).finished.then(() => sidecarOf(agent.child));
      process.kill(children, 'SIGKILL');
      expect((await agent.finished).stdout).toMatch(/curl ended with (52|56|35)/);
      expect(await held()).toEqual([]);
      expect((await run(['approve', proposal?.id ?? '']).finished).code).toBe(1);
      expect([network.requests, network.asked]).toEqual([[], []]);
    });

    test('the command line killed: its sidecar and its socket go with it, and nothing is let out', async () => {
      const agent = bottle(curl('/orphan'));
      const [proposal] = await untilHeld(agent, 1);
      agent.child.kill('SIGKILL');
      await agent.finished;
      expect((await run(['approve', proposal?.id ?? '']).finished).code).toBe(1);
      expect(await held()).toEqual([]);
      expect([network.requests, network.asked]).toEqual([[], []]);
    });

    test('a log that cannot be written lets nothing be approved, and the agent runs on', async () => {
      const broken = join(folder, 'broken');
      await mkdir(join(broken, 'bot-bottle'), { recursive: true });
      await writeFile(join(broken, 'bot-bottle/log.sqlite'), 'no database at all '.repeat(400));
      const agent = bottle(`${curl('/unrecorded')}; echo still here`, { XDG_STATE_HOME: broken });
      const [proposal] = await untilHeld(agent, 1);
      const approval = await run(['approve', proposal?.id ?? '']).finished;
      expect([approval.code, approval.stdout]).toEqual([1, expect.stringContaining('not approved')]);
      expect(await held()).toHaveLength(1);
      expect((await run(['deny', proposal?.id ?? '']).finished).code).toBe(0);
      const { stdout, stderr } = await agent.finished;
      expect(stdout).toContain('still here');
      expect(stderr).toContain("can't be written (SQLITE_NOTADB)");
      expect(network.requests).toEqual([]);
    });

    test('the agent finds no way to the operator', async () => {
      const look =
        'find / -name "*.sock" -o -name "log.sqlite*" 2>/dev/null; ls /run/bot-bottle/operator 2>&1; true';
      const agent = bottle(`${look}; ${curl('/asked')}`);
      const [proposal] = await untilHeld(agent, 1);
      await run(['deny', proposal?.id ?? '']).finished;
      const { stdout } = await agent.finished;
      expect(stdout.split('\n').filter((line) => /^\/.*(operator|log\.sqlite|\.sock)/.test(line))).toEqual(
        [],
      );
      expect(stdout).toContain("cannot access '/run/bot-bottle/operator'");
    });

    test('the log shows what happened, and proves itself', async () => {
      const { stdout } = await run(['log', 'asker', '--json']).finished;
      const entries = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { kind: string; verdict: string | null });
      const count = (kind: string, verdict: string | null) =>
        entries.filter((entry) => entry.kind === kind && entry.verdict === verdict).length;
      expect(count('proposal-ended', 'timed-out')).toBe(1);
      expect(count('decision', 'approve-for-bottle')).toBe(1);
      expect(count('proposal-ended', 'client-left')).toBe(1);
      expect(count('decision', 'approve-once')).toBe(201);
      expect(count('request', 'allowed')).toBeGreaterThan(201);
      const refused = await run(['log', '--verdict', 'refused', '--since', '1h']).finished;
      expect(refused.stdout).toContain('GET www.public.test/177  held-denied');
      const verified = await run(['log', '--verify']).finished;
      expect([verified.code, verified.stdout]).toEqual([
        0,
        expect.stringMatching(/^whole: \d+ entries; the last is/),
      ]);
    });
  },
);

/** The sidecar among the children of a start. */
async function sidecarOf(start: ChildProcess): Promise<number> {
  const { readdirSync, readFileSync } = await import('node:fs');
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      if (parent === start.pid && line.includes('sidecar.cjs')) return Number(name);
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error('the start has no sidecar');
}
