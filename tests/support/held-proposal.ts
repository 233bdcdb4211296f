import type { Proposal } from '../../src/contract/proposal.js';

/** One that waits for an unknown host. */
export const heldProposal: Proposal = {
  id: 'demo-0001.1',
  bottle: 'demo-0001',
  request: 1,
  time: 1,
  deadline: 2,
  kind: 'unknown-host',
  method: 'GET',
  host: 'example.com',
  path: '/',
  detector: null,
  rule: 'egress.unknown_host',
  snippet: null,
};
