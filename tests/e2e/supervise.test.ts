import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.js';
import type { PublicNetwork } from '../support/public-network.js';
import {
  answerable,
  maySupervise,
  openSupervisedBottles,
  type SupervisedBottles,
  sidecarOf,
  supervisionNeeds,
} from '../support/supervised-bottles.js';

let bottles: SupervisedBottles;
let network: PublicNetwork;

const curl = (path: string) => `curl -sS --max-time 280 -w ' %{http_code}\\n' https://www.public.test${path}`;

needs(supervisionNeeds, maySupervise(), 'held requests of real bottles', () => {
  beforeAll(async () => {
    bottles = await openSupervisedBottles('egress: {unknown_host: supervise}');
    network = bottles.network;
  });
  afterEach(() => bottles.clear());
  afterAll(() => bottles?.[Symbol.asyncDispose]());

  test('approve lets a request out, once; deny tells the agent why', async () => {
    const agent = bottles.bottle(`${curl('/one')}; ${curl('/two')}`);
    const [first] = await bottles.untilHeld(agent, 1);
    expect(first).toMatchObject({ host: 'www.public.test', path: '/one' });
    expect(network.asked).toEqual([]);
    expect(await bottles.run(['approve', first?.id ?? '']).finished).toMatchObject({
      code: 0,
      stdout: `${first?.id}: approved\n`,
    });
    const [second] = await bottles.untilHeld(agent, 1, ({ path }) => path === '/two');
    expect((await bottles.run(['deny', second?.id ?? '', '--why', 'one is enough']).finished).code).toBe(0);
    const { stdout, code } = await agent.finished;
    expect(code).toBe(0);
    expect(stdout).toContain('hello from outside\n 200');
    expect(stdout).toContain('"note":"one is enough"');
    expect(stdout).toContain(' 403');
    expect(network.requests).toEqual(['GET www.public.test/one']);
    expect(await bottles.run(['approve', second?.id ?? '']).finished).toMatchObject({ code: 1 });
  });

  test('approve --always covers the host for the life of the bottle', async () => {
    const agent = bottles.bottle(`${curl('/one')}; ${curl('/two')}`);
    const [first] = await bottles.untilHeld(agent, 1);
    await bottles.run(['approve', '--always', first?.id ?? '']).finished;
    expect((await agent.finished).stdout.match(/ 200$/gm)).toHaveLength(2);
    expect(network.requests).toEqual(['GET www.public.test/one', 'GET www.public.test/two']);
  });

  test('a request that nobody answers is refused when its time is over', async () => {
    const { stdout } = await bottles.bottle(curl('/late'), { EGRESS_TOKEN_ALLOW_TIMEOUT_SECONDS: '1' })
      .finished;
    expect(stdout).toContain('held-timeout');
    expect(stdout).toContain(' 403');
    expect([network.requests, network.asked]).toEqual([[], []]);
  });

  test('on the screen: approved by key, denied with a note, and gone with its client', async () => {
    await using screen = await bottles.openScreen();
    await screen.until((shown) => shown.includes('0 held in 0 running bottles'));
    const agent = bottles.bottle(
      `${curl('/approved')}; ${curl('/denied')}; timeout -s KILL 3 ${curl('/left')}; true`,
    );
    await screen.until((shown) => shown.includes('/approved') && answerable(shown));
    // What is pasted is text: it approves nothing, and is the beginning of a note.
    await screen.paste('a');
    await screen.keys('n');
    await screen.until((shown) => shown.includes('note to the agent'));
    await screen.paste('by mistake\n');
    await screen.until((shown) => shown.includes(': by mistake _') && shown.includes('/approved'));
    await screen.keys('Escape');
    await screen.until((shown) => shown.includes('/approved') && answerable(shown));
    await screen.keys('a');
    await screen.until((shown) => shown.includes('/denied') && answerable(shown));
    await screen.keys('n');
    await screen.until((shown) => shown.includes('note to the agent'));
    await screen.keys('-l', 'not today');
    await screen.until((shown) => shown.includes('not today'));
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
    const agent = bottles.bottle(curl('/plain'));
    await bottles.untilHeld(agent, 1);
    {
      await using screen = await bottles.openScreen({ NO_COLOR: '1' }, 'echo before; ');
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
      await using screen = await bottles.openScreen({ TERM: 'dumb' }, 'TERM=dumb ');
      await screen.until((text) => text.includes("can't show a screen") && text.includes('left with 2'));
    }
    const [proposal] = await bottles.held();
    await bottles.run(['deny', proposal?.id ?? '']).finished;
    await agent.finished;
  });

  test('200 are held at once, in one list, and each is let out by its own approval', async () => {
    const agent = bottles.bottle(`seq 200 | xargs -P 200 -I N ${curl('/N')}`);
    const all = await bottles.untilHeld(agent, 200);
    expect(network.requests).toEqual([]);
    await using screen = await bottles.openScreen();
    await screen.until((shown) => shown.includes('200 held in 1 running bottle '));
    // In one piece, as a busy screen reads what was typed before.
    await screen.keys('-l', '/.test/177');
    await screen.until((shown) => shown.includes('Enter keeps, Esc leaves): .test/177_'));
    await screen.keys('Enter');
    await screen.until((shown) => shown.includes('1 of 200 held') && answerable(shown));
    await screen.keys('d');
    await screen.until((shown) => shown.includes('of 199 held'));
    const ids = all.filter(({ path }) => path !== '/177').map(({ id }) => id);
    expect((await bottles.run(['approve', ...ids]).finished).code).toBe(0);
    const { stdout } = await agent.finished;
    expect(stdout.match(/ 200$/gm)).toHaveLength(199);
    expect(stdout.match(/ 403$/gm)).toHaveLength(1);
    expect(network.requests).toHaveLength(199);
    expect(network.requests).not.toContain('GET www.public.test/177');
  });

  test('the screen says all of its keys in 80 columns, and decides nothing where it is too small', async () => {
    const agent = bottles.bottle(`seq 4 | xargs -P 4 -I N ${curl('/N')}`);
    await bottles.untilHeld(agent, 4);
    await using screen = await bottles.openScreen();
    const shown = await screen.until(
      (text) => text.includes('4 held in 1 running bottle ') && answerable(text),
    );
    expect(shown).toMatch(/n note {2}\/ filter {2}h history {2}q leave$/m);
    await screen.keys('?');
    expect(await screen.until((text) => text.includes('this help'))).toContain('does not hit it.');
    await screen.keys('Escape');
    await screen.until(answerable);
    await screen.keys('-l', 'jjj');
    await screen.until((text) => /^ .*\n .*\n .*\n> /m.test(text));
    await screen.resize(30, 10);
    const small = await screen.until((text) => text.includes('too small'));
    expect(small.trim()).toBe('too small: 72x15 needed\n4 held\nq leave');
    await screen.keys('a', 'd', 'A');
    await screen.resize(80, 24);
    await screen.until((text) => text.includes('4 held in 1 running bottle ') && answerable(text));
    expect(await bottles.held()).toHaveLength(4);
    await bottles.run(['deny', ...(await bottles.held()).map(({ id }) => id)]).finished;
    await screen.until((text) => text.includes('0 held'));
    await screen.keys('h');
    const decided = /^\S+ \S+ {2}denied {2}GET www\.public\.test\/[1-4] {2}\(unknown-host\)$/gm;
    await screen.until((text) => text.match(decided)?.length === 4);
    await agent.finished;
    expect(network.requests).toEqual([]);
  });

  test('the screen killed: what waits goes on waiting, and nothing is let out', async () => {
    const agent = bottles.bottle(curl('/kept'));
    {
      await using screen = await bottles.openScreen();
      await screen.until((shown) => shown.includes('/kept'));
      await bottles.run(['proposals']).finished;
      process.kill(await screen.pid(), 'SIGKILL');
    }
    const [proposal] = await bottles.held();
    expect(proposal?.path).toBe('/kept');
    expect([network.requests, network.asked]).toEqual([[], []]);
    await bottles.run(['deny', proposal?.id ?? '']).finished;
    expect((await agent.finished).stdout).toContain('held-denied');
  });

  test('the sidecar killed: all that waited is gone, and nothing is let out', async () => {
    const agent = bottles.bottle(`${curl('/lost')}; echo curl ended with $?`);
    const [proposal] = await bottles.untilHeld(agent, 1);
    process.kill(sidecarOf(agent), 'SIGKILL');
    expect((await agent.finished).stdout).toMatch(/curl ended with (52|56|35)/);
    expect(await bottles.held()).toEqual([]);
    expect((await bottles.run(['approve', proposal?.id ?? '']).finished).code).toBe(1);
    expect([network.requests, network.asked]).toEqual([[], []]);
  });

  test('the command line killed: its sidecar and its socket go with it, and nothing is let out', async () => {
    const agent = bottles.bottle(curl('/orphan'));
    const [proposal] = await bottles.untilHeld(agent, 1);
    agent.child.kill('SIGKILL');
    await agent.finished;
    expect((await bottles.run(['approve', proposal?.id ?? '']).finished).code).toBe(1);
    expect(await bottles.held()).toEqual([]);
    expect([network.requests, network.asked]).toEqual([[], []]);
  });

  test('a log that cannot be written lets nothing be approved, and the agent runs on', async () => {
    const broken = join(bottles.folder, 'broken');
    await mkdir(join(broken, 'bot-bottle'), { recursive: true });
    await writeFile(join(broken, 'bot-bottle/log.sqlite'), 'no database at all '.repeat(400));
    const agent = bottles.bottle(`${curl('/unrecorded')}; echo still here`, { XDG_STATE_HOME: broken });
    const [proposal] = await bottles.untilHeld(agent, 1);
    const approval = await bottles.run(['approve', proposal?.id ?? '']).finished;
    expect([approval.code, approval.stdout]).toEqual([1, expect.stringContaining('not approved')]);
    expect(await bottles.held()).toHaveLength(1);
    expect((await bottles.run(['deny', proposal?.id ?? '']).finished).code).toBe(0);
    const { stdout, stderr } = await agent.finished;
    expect(stdout).toContain('still here');
    expect(stderr).toContain("can't be written (SQLITE_NOTADB)");
    expect(network.requests).toEqual([]);
  });

  test('the agent finds no way to the operator', async () => {
    const look =
      'find / -name "*.sock" -o -name "log.sqlite*" 2>/dev/null; ls /run/bot-bottle/operator 2>&1; true';
    const agent = bottles.bottle(`${look}; ${curl('/asked')}`);
    const [proposal] = await bottles.untilHeld(agent, 1);
    await bottles.run(['deny', proposal?.id ?? '']).finished;
    const { stdout } = await agent.finished;
    expect(stdout.split('\n').filter((line) => /^\/.*(operator|log\.sqlite|\.sock)/.test(line))).toEqual([]);
    expect(stdout).toContain("cannot access '/run/bot-bottle/operator'");
  });

  test('the log shows what happened, and proves itself', async () => {
    const { stdout } = await bottles.run(['log', 'asker', '--json']).finished;
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
    const refused = await bottles.run(['log', '--verdict', 'refused', '--since', '1h']).finished;
    expect(refused.stdout).toContain('GET www.public.test/177  held-denied');
    const verified = await bottles.run(['log', '--verify']).finished;
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringMatching(/^whole: \d+ entries; the last is/),
    ]);
  });
});
