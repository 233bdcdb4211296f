import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  heldSecret,
  type InspectionRig,
  post,
  postChunked,
  startInspectionRig,
} from '../support/inspection-rig.js';
import { needs } from '../support/needs.js';
import { openTunnel, readAnswer, refusalCode, sendRaw } from '../support/raw-client.js';

/** How many times as fast the sidecar's clock runs: its five minutes are six seconds here. */
const speed = 50;
const holdTimeout = 300_000;

/** Debian's package `faketime`: every clock and timer of a process, Node's own ones too. */
function fakeTimeLibrary(): string | null {
  for (const folder of ['/usr/lib', '/usr/lib64'])
    for (const below of ['', ...namesIn(folder)]) {
      const found = join(folder, below, 'faketime');
      if (namesIn(found).includes('libfaketime.so.1')) return join(found, 'libfaketime.so.1');
    }
  return null;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const library = fakeTimeLibrary();

const withFastClock = (): Promise<InspectionRig> =>
  startInspectionRig({ holdTimeout }, [], { LD_PRELOAD: library ?? '', FAKETIME: `+0 x${speed}` });

needs('faketime', library !== null, 'a hold of five minutes, by the clock of the sidecar', () => {
  test.each([
    ['with a small body', post('supervise.test', `{"a":"${heldSecret}"}`)],
    [
      'in the midst of a long one',
      postChunked(
        'supervise.test',
        Buffer.from(`${'a line of text\n'.repeat(100_000)}${heldSecret}\n${'more\n'.repeat(5000)}`),
        60_000,
      ),
    ],
  ])(
    'is ended by its own time alone, %s: no time-out of a socket or of Node comes before',
    async (_name, request) => {
      await using rig = await withFastClock();
      const client = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
      const answer = await sendRaw(client, request);
      expect([answer.status, refusalCode(answer)]).toEqual([403, 'held-timeout']);
      const [proposal] = rig.proposals();
      const [end] = rig.ends();
      expect(end?.outcome).toBe('timed-out');
      expect((end?.time ?? 0) - (proposal?.time ?? 0)).toBeGreaterThanOrEqual(holdTimeout);
      expect(rig.arrivals.filter(({ complete }) => complete)).toEqual([]);
      client.destroy();
    },
  );

  test('lets a request go that is approved near its end, and the connection is of use after it', async () => {
    await using rig = await withFastClock();
    const first = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    first.write(post('supervise.test', `{"a":"${heldSecret}"}`));
    const { time } = await rig.proposal(1);
    // The second is held a minute later: so much is left of its time when the first has waited its own out.
    const other = await openTunnel({ ...rig.sidecar, host: 'off.test' });
    const clock = () => rig.sidecar.events.at(-1)?.time ?? 0;
    while (clock() < time + 60_000) await sendRaw(other, 'GET / HTTP/1.1\r\nHost: off.test\r\n\r\n');
    const second = await openTunnel({ ...rig.sidecar, host: 'supervise.test' });
    const answer = readAnswer(second);
    second.write(post('supervise.test', `{"b":"${heldSecret}"}`));
    const held = await rig.proposal(2);
    await rig.sidecar.until(() => rig.ends().length === 1);
    rig.sidecar.decide(held.id, 'approve-once');
    expect((await answer).status).toBe(200);
    expect((rig.ends()[1]?.time ?? 0) - held.time).toBeGreaterThan(holdTimeout / 2);
    expect((await sendRaw(second, 'GET /next HTTP/1.1\r\nHost: supervise.test\r\n\r\n')).status).toBe(200);
    for (const client of [first, other, second]) client.destroy();
  });
});
