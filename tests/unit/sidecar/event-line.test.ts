import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecisionEvent } from '../../../src/contract/event.js';
import { eventLine } from '../../../src/sidecar/event-line.js';

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('"\\\u2028\u007f\ud800'));
const count = fc.nat();
const event: fc.Arbitrary<DecisionEvent> = fc.record({
  kind: fc.constant('decision' as const),
  time: count,
  request: count,
  way: fc.constantFrom('connect', 'tls', 'plain', 'upgrade', 'transparent', 'git'),
  method: text,
  host: text,
  path: text,
  route: fc.option(text),
  verdict: fc.constantFrom('allowed', 'refused', 'failed', 'held'),
  code: fc.option(fc.constantFrom('secret-found', 'upstream-timeout')),
  finding: fc.option(
    fc.record({
      direction: fc.constantFrom('outbound', 'inbound'),
      detector: text,
      rule: text,
      class: text,
      place: text,
      count,
      outcome: fc.constantFrom('approved', 'redacted', 'blocked', 'warned'),
    }),
  ),
  status: count,
  bytesSent: count,
  bytesReceived: count,
  duration: count,
});

test('the line of any event is one line, and JSON that says what the event says', () => {
  fc.assert(
    fc.property(event, (given) => {
      const line = eventLine(given);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line)).toEqual({ type: 'event', event: given });
    }),
  );
});

test('what the event names in any order has its place', () => {
  const [sample] = fc.sample(event, 1);
  const keys = Object.keys(JSON.parse(eventLine(sample as DecisionEvent)).event);
  expect(keys.sort()).toEqual(Object.keys(sample as DecisionEvent).sort());
});
