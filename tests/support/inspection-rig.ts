import type { Proposal, ProposalEnd } from '../../src/contract/proposal.js';
import type { Route } from '../../src/contract/route.js';
import { defaultDlp } from '../../src/contract/route.js';
import type { SidecarConfiguration } from '../../src/contract/sidecar.js';
import { type Canary, startCanary } from './canary.js';
import { askInside, type RawAnswer } from './raw-client.js';
import { routeTo } from './routes.js';
import { type SidecarProcess, startSidecar } from './sidecar-process.js';
import { createTestAuthority } from './test-authority.js';

/** What arrived at the upstream, whole or not. */
interface Arrival {
  readonly line: string;
  readonly headers: readonly string[];
  body: Buffer;
  /** Its end came too. */
  complete: boolean;
}

/** A sidecar with one route for each policy, before one canary that keeps what arrives. */
export interface InspectionRig extends AsyncDisposable {
  readonly sidecar: SidecarProcess;
  readonly canary: Canary;
  readonly arrivals: Arrival[];
  proposals(): Proposal[];
  ends(): ProposalEnd[];
  ask(host: string, request: string | Buffer): Promise<RawAnswer>;
  /** Resolves with the n-th proposal. */
  proposal(count: number): Promise<Proposal>;
  /** All that reached the upstream as one text, bytes as Latin-1. */
  arrived(): string;
  /** What arrived and was said so far is as good as never. */
  forget(): void;
}

/** A value that the bottle holds. */
export const heldSecret = 'vaultkey-Qm4tZ8xWp2Lr7Ns5Kd9b';

export async function startInspectionRig(
  parts: Partial<SidecarConfiguration> = {},
  nodeOptions: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<InspectionRig> {
  const authority = await createTestAuthority();
  const names = [
    'supervise.test',
    'block.test',
    'redact.test',
    'off.test',
    'known.test',
    'picky.test',
    '*.wild.test',
  ];
  const arrivals: Arrival[] = [];
  const canary = await startCanary({ authority, names }, (request, response) => {
    const arrival: Arrival = {
      line: `${request.method} ${request.url}`,
      headers: request.rawHeaders,
      body: Buffer.alloc(0),
      complete: false,
    };
    arrivals.push(arrival);
    request.on('data', (chunk: Buffer) => {
      arrival.body = Buffer.concat([arrival.body, chunk]);
    });
    request.once('end', () => {
      arrival.complete = true;
      response.end('ok');
    });
  });
  const own = { certificateAuthority: authority.certificate };
  const route = (host: string, outboundOnMatch: Route['dlp']['outboundOnMatch'], rest: Partial<Route> = {}) =>
    routeTo(host, canary.port, { ...own, dlp: { ...defaultDlp, outboundOnMatch }, ...rest });
  const sidecar = await startSidecar(
    {
      routes: [
        route('supervise.test', 'supervise'),
        route('block.test', 'block'),
        route('redact.test', 'redact'),
        route('*.wild.test', 'redact'),
        route('off.test', 'block', { dlp: { ...defaultDlp, outbound: [] } }),
        route('known.test', 'block', { dlp: { ...defaultDlp, outbound: ['known_secrets'] } }),
        route('picky.test', 'redact', { matches: [{ paths: [{ type: 'prefix', value: '/v1' }] }] }),
      ],
      secrets: { VAULT_KEY: heldSecret },
      ...parts,
    },
    nodeOptions,
    environment,
  );
  const proposals = () =>
    sidecar.messages.flatMap((message) => (message.type === 'proposal' ? [message.proposal] : []));
  return {
    sidecar,
    canary,
    arrivals,
    proposals,
    ask: (host, request) => askInside({ ...sidecar, host }, request),
    ends: () =>
      sidecar.messages.flatMap((message) => (message.type === 'proposal-ended' ? [message.end] : [])),
    async proposal(count) {
      await sidecar.until(() => proposals().length >= count);
      return proposals()[count - 1] as Proposal;
    },
    arrived: () =>
      arrivals
        .map(({ line, headers, body }) => `${line}\n${headers.join('\n')}\n${body.toString('latin1')}`)
        .join('\n'),
    forget() {
      arrivals.length = 0;
      sidecar.events.length = 0;
      sidecar.messages.length = 0;
    },
    async [Symbol.asyncDispose]() {
      await sidecar[Symbol.asyncDispose]();
      await canary[Symbol.asyncDispose]();
    },
  };
}

/** A POST with a body of known length. */
export function post(
  host: string,
  body: string | Buffer,
  headers = 'Content-Type: application/json\r\n',
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  return Buffer.concat([
    Buffer.from(
      `POST /in HTTP/1.1\r\nHost: ${host}\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`,
      'latin1',
    ),
    bytes,
  ]);
}

/** The same in chunks of so many bytes. */
export function postChunked(host: string, body: Buffer, size: number, headers = '', trailers = ''): Buffer {
  const parts: Buffer[] = [
    Buffer.from(`POST /in HTTP/1.1\r\nHost: ${host}\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`),
  ];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailers}\r\n`)]);
}

/** A request without a body. @param headers lines with their ends */
export const get = (host: string, target: string, headers = '') =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;
