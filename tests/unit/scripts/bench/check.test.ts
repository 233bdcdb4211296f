import { expect, it } from 'vitest';
import { type BenchmarkRun, partOf, runOf } from '../../../support/benchmark-runs.js';
import { importScript } from '../../../support/scripts.js';

interface Fallen {
  readonly parts: readonly string[];
  readonly cases: readonly string[];
  readonly rigs: readonly string[];
}

type Again = (fallen: Fallen) => Promise<BenchmarkRun>;

const { check } = await importScript<{
  check: (
    stored: BenchmarkRun,
    first: BenchmarkRun,
    use: { again: Again; say: (text: string) => void },
  ) => Promise<number>;
}>('bench/report/check.mjs');

function runWith(ours: number, busyElsewhere = 0): BenchmarkRun {
  return runOf(partOf({ 'bot-bottle': { requests: ours }, squid: { requests: 100 } }, { busyElsewhere }));
}

/** The exit code, what was said, and what was measured again; `later` are the runs for that, the last of them for all that follow. */
async function checkedBeside(stored: BenchmarkRun, first: BenchmarkRun, ...later: readonly BenchmarkRun[]) {
  const said: string[] = [];
  const asked: Fallen[] = [];
  const again: Again = async (fallen) => {
    asked.push(fallen);
    return later[Math.min(asked.length, later.length) - 1] ?? first;
  };
  const code = await check(stored, first, { again, say: (text) => said.push(text) });
  return { code, said: said.join('\n'), asked };
}

const checked = (first: BenchmarkRun, ...later: readonly BenchmarkRun[]) =>
  checkedBeside(runWith(200), first, ...later);

it('passes where no ratio fell, without measuring anything again', async () => {
  const { code, asked } = await checked(runWith(190), runWith(0));
  expect({ code, asked }).toEqual({ code: 0, asked: [] });
});

it('fails where a ratio fell in all three measurements, and names it', async () => {
  const { code, said, asked } = await checked(runWith(100), runWith(110));
  expect(code).toBe(1);
  expect(said).toContain('fell: proxy / small-gets / requests / bot-bottle / squid: 2.00× → 1.10×');
  const fell = { parts: ['proxy'], cases: ['small-gets'], rigs: ['bot-bottle', 'squid'] };
  expect(asked).toEqual([fell, fell]);
});

it.each([
  { times: 'once', later: [runWith(200)] },
  { times: 'twice', later: [runWith(100), runWith(200)] },
])('passes where the ratio came back when it was measured by itself, $times', async ({ later }) => {
  const { code, asked } = await checked(runWith(100), ...later);
  expect({ code, looks: asked.length }).toEqual({ code: 0, looks: later.length });
});

it('does not judge a machine that others kept busy', async () => {
  for (const runs of [
    [runWith(100, 1.2), runWith(100)],
    [runWith(100), runWith(100, 1.2)],
  ] as const) {
    const { code, said } = await checked(...runs);
    expect(code).toBe(2);
    expect(said).toContain('1.2 cores');
  }
});

it('does not judge what fell each time and scattered each time', async () => {
  const scattered = runOf(
    partOf({ 'bot-bottle': { requests: [100, 120, 400] }, squid: { requests: [100, 100, 100] } }),
  );
  const { code, said } = await checked(scattered);
  expect(code).toBe(2);
  expect(said).toContain('(scattered)');
  expect((await checked(scattered, runWith(100), scattered)).code).toBe(1);
});

it('does not judge what fell beside one of several alone, and says so', async () => {
  const besides = (ours: number, direct: number) =>
    runOf(
      partOf({
        direct: { requests: direct },
        'bot-bottle': { requests: ours },
        squid: { requests: 100 },
        mitmdump: { requests: 10 },
      }),
    );
  const judged = (now: BenchmarkRun) => checkedBeside(besides(200, 400), now);
  const quickerPeer = await judged(besides(200, 800));
  expect(quickerPeer.code).toBe(2);
  expect(quickerPeer.said).toContain('0.50× → 0.25× (beside direct alone)');
  // The others are measured again, too: without them it would be told of ours.
  expect(quickerPeer.asked[0]?.rigs).toEqual(expect.arrayContaining(['direct', 'squid', 'mitmdump']));
  const slower = await judged(besides(120, 400));
  expect(slower.code).toBe(1);
  expect(slower.said).toContain('bot-bottle / squid: 2.00× → 1.20×');
});

it('fails where nothing can be compared', async () => {
  expect((await checked(runOf(), runOf())).code).toBe(1);
});
