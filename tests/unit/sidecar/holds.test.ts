import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, isApproval, type Proposal } from '../../../src/contract/proposal.js';
import type { SidecarMessage } from '../../../src/contract/sidecar.js';
import { type Clock, createHolds, type HoldAnswer, type HoldRequest } from '../../../src/sidecar/holds.js';

const timeout = 300_000;
const stay = () => new AbortController().signal;

/** Time that moves only when told. */
function handClock(): Clock & {
  advance: (milliseconds: number) => void;
  skip: (milliseconds: number) => void;
} {
  let time = 1_000_000;
  const timers = new Map<object, { at: number; call: () => void }>();
  return {
    now: () => time,
    after: (milliseconds, call) => {
      const key = {};
      timers.set(key, { at: time + milliseconds, call });
      return () => timers.delete(key);
    },
    advance: (milliseconds) => {
      time += milliseconds;
      for (const [key, { at, call }] of timers) {
        if (at <= time && timers.delete(key)) call();
      }
    },
    /** Time goes on but no timer runs: the process was stopped. */
    skip: (milliseconds) => {
      time += milliseconds;
    },
  };
}

function setUp(limit = 256) {
  const clock = handClock();
  const sent: SidecarMessage[] = [];
  const holds = createHolds({
    bottle: 'demo-1',
    timeout,
    send: (message) => sent.push(message) > 0,
    clock,
    limit,
  });
  const proposals = () => sent.flatMap((message) => (message.type === 'proposal' ? [message.proposal] : []));
  const ends = () => sent.flatMap((message) => (message.type === 'proposal-ended' ? [message.end] : []));
  return { clock, sent, holds, proposals, ends };
}

function request(parts: Partial<HoldRequest> = {}): HoldRequest {
  return {
    request: 1,
    kind: 'finding',
    method: 'POST',
    host: 'api.example.com',
    path: '/v1',
    detector: 'token_patterns',
    rule: 'egress.routes[api.example.com].dlp',
    snippet: 'key=****',
    values: ['the-value'],
    allow: null,
    ...parts,
  };
}

function code(answer: HoldAnswer): string {
  return answer.approved ? 'approved' : (answer.refusal?.code ?? 'nobody');
}

describe('holds', () => {
  it('asks with what the operator may see and nothing more', () => {
    const { holds, sent, proposals, clock } = setUp();
    void holds.hold(request({ values: ['hunter2'], allow: 'yaml' }), stay());
    expect(proposals()).toEqual<Proposal[]>([
      {
        id: 'demo-1.1',
        bottle: 'demo-1',
        request: 1,
        time: clock.now(),
        deadline: clock.now() + timeout,
        kind: 'finding',
        method: 'POST',
        host: 'api.example.com',
        path: '/v1',
        detector: 'token_patterns',
        rule: 'egress.routes[api.example.com].dlp',
        snippet: 'key=****',
      },
    ]);
    expect(JSON.stringify(sent)).not.toContain('hunter2');
  });

  it('lets go of what was approved, and of that alone', async () => {
    const { holds, ends } = setUp();
    const first = holds.hold(request({ values: ['a'] }), stay());
    const second = holds.hold(request({ values: ['b'] }), stay());
    expect(holds.decide({ proposal: 'demo-1.1', decision: 'approve-once', note: null })).toBe(true);
    expect(await first).toEqual({ approved: true });
    expect(ends()).toMatchObject([{ proposal: 'demo-1.1', outcome: 'decided', decision: 'approve-once' }]);
    holds.decide({ proposal: 'demo-1.2', decision: 'deny', note: 'use the sandbox key' });
    expect(await second).toEqual({
      approved: false,
      refusal: {
        code: 'held-denied',
        message: 'the operator denied this request',
        rule: 'egress.routes[api.example.com].dlp',
        allow: null,
        note: 'use the sandbox key',
      },
    });
  });

  it('refuses when the time is over, to the millisecond', async () => {
    const { holds, clock, ends } = setUp();
    const answer = holds.hold(request(), stay());
    clock.advance(timeout - 1);
    expect(ends()).toEqual([]);
    clock.advance(1);
    expect(code(await answer)).toBe('held-timeout');
    expect(ends()).toMatchObject([{ outcome: 'timed-out', decision: null }]);
  });

  it('takes no approval after the deadline, though its timer has not run', async () => {
    const { holds, clock } = setUp();
    const answer = holds.hold(request(), stay());
    clock.skip(timeout);
    expect(holds.decide({ proposal: 'demo-1.1', decision: 'approve-once', note: null })).toBe(false);
    expect(code(await answer)).toBe('held-timeout');
  });

  it('gives up the proposal of a client that left', async () => {
    const { holds, ends } = setUp();
    const client = new AbortController();
    const answer = holds.hold(request(), client.signal);
    client.abort();
    expect(await answer).toEqual({ approved: false, refusal: null });
    expect(ends()).toMatchObject([{ outcome: 'client-left' }]);
    expect(holds.decide({ proposal: 'demo-1.1', decision: 'approve-once', note: null })).toBe(false);
  });

  it('asks nothing for a client that has left already', async () => {
    const { holds, sent } = setUp();
    expect(await holds.hold(request(), AbortSignal.abort())).toEqual({ approved: false, refusal: null });
    expect(sent).toEqual([]);
  });

  it('holds 200 at once, each with its own answer, and refuses beyond its bound', async () => {
    const { holds, proposals } = setUp(200);
    const answers = Array.from({ length: 201 }, (_, index) =>
      holds.hold(request({ request: index, values: [`value ${index}`] }), stay()),
    );
    expect(proposals()).toHaveLength(200);
    const last = answers.pop();
    expect(last && code(await last)).toBe('held-too-many');
    for (const { id, request: number } of proposals()) {
      holds.decide({ proposal: id, decision: number % 2 === 0 ? 'approve-once' : 'deny', note: null });
    }
    const codes = (await Promise.all(answers)).map(code);
    expect(codes).toEqual(codes.map((_, index) => (index % 2 === 0 ? 'approved' : 'held-denied')));
    void holds.hold(request({ values: ['after'] }), stay());
    expect(proposals()).toHaveLength(201);
  });

  it('refuses all that wait and all that come once nobody can be asked', async () => {
    const { holds } = setUp();
    const standing = holds.hold(request({ values: ['known'] }), stay());
    holds.decide({ proposal: 'demo-1.1', decision: 'approve-for-bottle', note: null });
    expect(code(await standing)).toBe('approved');
    const waiting = holds.hold(request({ values: ['new'] }), stay());
    holds.close();
    expect(code(await waiting)).toBe('held-unavailable');
    expect(code(await holds.hold(request({ values: ['known'] }), stay()))).toBe('held-unavailable');
    expect(holds.decide({ proposal: 'demo-1.2', decision: 'approve-once', note: null })).toBe(false);
  });
});

describe("answers for the bottle's life", () => {
  it('cover the same value to the same host, and those that wait with it', async () => {
    const { holds, proposals, ends } = setUp();
    const waiting = [holds.hold(request(), stay()), holds.hold(request(), stay())];
    const other = holds.hold(request({ host: 'other.example.com' }), stay());
    holds.decide({ proposal: 'demo-1.1', decision: 'approve-for-bottle', note: null });
    expect((await Promise.all(waiting)).map(code)).toEqual(['approved', 'approved']);
    expect(code(await holds.hold(request(), stay()))).toBe('approved');
    expect(proposals()).toHaveLength(3);
    expect(ends()).toHaveLength(2);
    holds.decide({ proposal: 'demo-1.3', decision: 'deny', note: null });
    expect(code(await other)).toBe('held-denied');
  });

  it('cover a request with several values only when each is approved', async () => {
    const { holds, proposals } = setUp();
    void holds.hold(request({ values: ['a'] }), stay());
    holds.decide({ proposal: 'demo-1.1', decision: 'approve-for-bottle', note: null });
    void holds.hold(request({ values: ['a', 'b'] }), stay());
    expect(proposals()).toHaveLength(2);
  });

  it('do not reach over from one kind to the other', () => {
    const { holds, proposals } = setUp();
    void holds.hold(request({ kind: 'unknown-host', values: ['https'] }), stay());
    holds.decide({ proposal: 'demo-1.1', decision: 'approve-for-bottle', note: null });
    void holds.hold(request({ kind: 'finding', values: ['https'] }), stay());
    void holds.hold(request({ kind: 'unknown-host', values: ['http'] }), stay());
    expect(proposals()).toHaveLength(3);
  });

  it('cover nothing where no value is named', () => {
    const { holds, proposals } = setUp();
    void holds.hold(request({ values: [] }), stay());
    holds.decide({ proposal: 'demo-1.1', decision: 'approve-for-bottle', note: null });
    void holds.hold(request({ values: [] }), stay());
    expect(proposals()).toHaveLength(2);
  });

  it('of No win over those of Yes, and end what waits', async () => {
    const { holds, proposals } = setUp();
    void holds.hold(request({ values: ['a'] }), stay());
    holds.decide({ proposal: 'demo-1.1', decision: 'approve-for-bottle', note: null });
    const waiting = [
      holds.hold(request({ values: ['b'] }), stay()),
      holds.hold(request({ values: ['b', 'c'] }), stay()),
    ];
    holds.decide({ proposal: 'demo-1.2', decision: 'deny-for-bottle', note: null });
    expect((await Promise.all(waiting)).map(code)).toEqual(['held-denied', 'held-denied']);
    expect(code(await holds.hold(request({ values: ['a', 'b'] }), stay()))).toBe('held-denied');
    expect(proposals()).toHaveLength(3);
  });
});

type Step =
  | { readonly do: 'hold'; readonly value: number }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'answer'; readonly which: number; readonly decision: Decision }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'close' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('hold' as const), value: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.nat(30),
      decision: fc.constantFrom<Decision>('approve-once', 'approve-for-bottle', 'deny', 'deny-for-bottle'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), milliseconds: fc.nat(2 * timeout) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
);

describe('any order of events', () => {
  it('ends each proposal once, and approves nothing that no operator approved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { holds, clock, proposals, ends } = setUp(5);
        const asked: { client: AbortController; value: number; answer: Promise<HoldAnswer> }[] = [];
        const approvedValues = new Set<number>();
        const approvedOnce = new Set<string>();
        for (const one of steps) {
          if (one.do === 'hold') {
            const client = new AbortController();
            const answer = holds.hold(
              request({ request: asked.length, values: [String(one.value)] }),
              client.signal,
            );
            asked.push({ client, value: one.value, answer });
          } else if (one.do === 'leave') asked[one.which]?.client.abort();
          else if (one.do === 'wait') clock.advance(one.milliseconds);
          else if (one.do === 'close') holds.close();
          else {
            const proposal = proposals()[one.which];
            if (!proposal) continue;
            const effective = holds.decide({ proposal: proposal.id, decision: one.decision, note: null });
            if (!effective || !isApproval(one.decision)) continue;
            if (one.decision === 'approve-once') approvedOnce.add(String(proposal.request));
            else approvedValues.add(asked[proposal.request]?.value ?? -1);
          }
        }
        clock.advance(timeout);
        const answers = await Promise.all(asked.map(({ answer }) => answer));
        for (const [index, answer] of answers.entries()) {
          if (!answer.approved) continue;
          const byValue = approvedValues.has(asked[index]?.value ?? -2);
          expect(byValue || approvedOnce.has(String(index))).toBe(true);
        }
        const ended = ends().map(({ proposal }) => proposal);
        expect(new Set(ended).size).toBe(ended.length);
        expect(ended.sort()).toEqual(
          proposals()
            .map(({ id }) => id)
            .sort(),
        );
      }),
    );
  });
});
