import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { SidecarMessage } from '../../../src/contract/sidecar.js';
import { openSidecar } from '../../../src/host/sidecar-session.js';
import { heldProposal } from '../../support/held-proposal.js';
import { configurationOf } from '../../support/sidecar-process.js';

const ready = '{"type":"ready","certificate":"PEM"}\n';
const proposalLine = (parts: object) =>
  JSON.stringify({ type: 'proposal', proposal: { ...heldProposal, ...parts } });

async function talk(...lines: readonly string[]) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const heard: SidecarMessage[] = [];
  const ended = once(stdin, 'close');
  let closed = 0;
  const session = openSidecar({ stdin, stdout }, configurationOf({ bottle: 'demo-0001' }), () => {}, {
    onMessage: (message) => heard.push(message),
    onOpen: () => {},
    onClose: () => {
      closed += 1;
    },
  });
  session.catch(() => {});
  stdout.write(ready);
  for (const line of lines) stdout.write(line);
  await (await session).closed;
  await ended;
  return { heard, closed: () => closed };
}

describe('a sidecar that speaks as none of ours does', () => {
  it.each([
    ['no JSON', 'what?'],
    ['no message', 'null'],
    ['a list', '[]'],
    ['of no known type', '{"type":"constructor"}'],
    ['an event without fields', '{"type":"event"}'],
    [
      'an event at no time',
      '{"type":"event","event":{"time":1e99,"method":"","host":"","path":"","verdict":"allowed"}}',
    ],
    ['an end of nothing', '{"type":"proposal-ended","end":null}'],
    [
      'an end by no word',
      '{"type":"proposal-ended","end":{"proposal":"x","time":1,"outcome":"won","decision":null}}',
    ],
    ['a proposal of another bottle', proposalLine({ bottle: 'demo-0002', id: 'demo-0002.1' })],
    ['a proposal with the id of another bottle’s', proposalLine({ id: 'demo-0002.1' })],
    ['a proposal without a deadline', proposalLine({ deadline: null })],
    ['a count that is none', '{"type":"dropped","count":"many"}'],
    ['a line without end', 'x'.repeat(300 * 1024)],
  ])('is hung up on: %s', async (_name, line) => {
    const { heard, closed } = await talk(`${proposalLine({})}\n`, `${line}\n${proposalLine({})}\n`);
    expect(heard.map(({ type }) => type)).toEqual(['ready', 'proposal', 'fatal']);
    expect(closed()).toBe(1);
  });
});
