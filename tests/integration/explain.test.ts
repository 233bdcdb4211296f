import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import explain from '../../src/commands/explain.js';
import { loadAgent } from '../../src/host/manifest-files.js';
import { type Canary, startCanary } from '../support/canary.js';
import {
  type Asked,
  apiToken,
  type Fate,
  found,
  hosts,
  manifest,
  password,
  table,
  unicode,
} from '../support/explained-requests.js';
import { askInside, askProxy, type RawAnswer, refusalCode } from '../support/raw-client.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';
import { createTestAuthority } from '../support/test-authority.js';

let folder = '';
let secure: Canary;
let plain: Canary;
let sidecar: SidecarProcess;

beforeAll(async () => {
  const authority = await createTestAuthority();
  secure = await startCanary({
    authority,
    names: [...hosts.map((host) => `${host}.test`), unicode, '*.b.wild.test'],
  });
  plain = await startCanary(null);
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
  await mkdir(join(folder, 'bottles'));
  await mkdir(join(folder, 'agents'));
  await writeFile(join(folder, 'bottles/ca.pem'), authority.certificate);
  await writeFile(join(folder, 'bottles/asking.md'), manifest(secure.port, plain.port));
  await writeFile(join(folder, 'agents/asker.md'), '---\nbottle: asking\n---\nAsk.\n');
  const { bottle } = loadAgent('asker', { environment: { BOT_BOTTLE_HOME: folder }, workspace: folder });
  const certificateAuthority = authority.certificate;
  sidecar = await startSidecar({
    // A plain route has no use for the certificate.
    routes: bottle.routes.map(({ caFile: _file, where: _where, ...route }) => ({
      ...route,
      certificateAuthority,
    })),
    secrets: { API_TOKEN: apiToken, LOGIN: `operator:${password}` },
    unknownHost: bottle.unknownHost,
  });
});
afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]();
  await secure?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('explain says what the sidecar does', () => {
  it.each(table)('with %s', async (_name, asked, fate) => {
    const explained = await explainedFate(asked);
    expect([await realFate(asked), explained]).toEqual([fate, fate]);
  });
});

/** What the command prints. */
async function explainedFate({ method = 'GET', url, headers = [], body }: Asked): Promise<Fate> {
  let printed = '';
  let code = 0;
  const parser = new Command('explain').exitOverride();
  explain.configure(parser, {
    environment: { BOT_BOTTLE_HOME: folder, API_TOKEN: apiToken, LOGIN: `operator:${password}` },
    workingDirectory: folder,
    print: (text) => {
      printed += text;
    },
    tell: () => {},
    end: (given) => {
      code = given;
    },
  });
  const bodyFile = join(folder, 'body');
  if (body !== undefined) await writeFile(bodyFile, body);
  const options = [
    ...headers.flatMap((line) => ['--header', line]),
    ...(body ? ['--body-file', bodyFile] : []),
  ];
  await parser.parseAsync([method, url, '--agent', 'asker', '--json', ...options], { from: 'user' });
  const { outcome, allowed, refusal } = JSON.parse(printed);
  expect(allowed).toBe(outcome === 'let-out' || outcome === 'redacted');
  expect(code).toBe(outcome === 'let-out' ? 0 : 1);
  expect(printed).not.toContain(found.slice(9));
  expect(refusal === null).toBe(outcome !== 'refused');
  return refusal ? `${outcome} ${refusal.code}` : outcome;
}

/** What becomes of it on the wire; what is held is denied then. */
async function realFate(asked: Asked): Promise<Fate> {
  const before = sidecar.messages.length;
  const since = () => sidecar.messages.slice(before);
  const proposal = () =>
    since().flatMap((message) => (message.type === 'proposal' ? [message.proposal] : []))[0];
  const events = () => since().flatMap((message) => (message.type === 'event' ? [message.event] : []));
  // The last that is told of a request, so that nothing of it comes during the next.
  const last = () => events().find(({ way, verdict }) => way !== 'connect' || verdict === 'refused');
  const answered = send(asked);
  const waits = sidecar.until(() => proposal() !== undefined);
  await Promise.race([answered, waits]);
  const held = proposal();
  if (held) sidecar.decide(held.id, 'deny');
  const answer = await answered;
  await sidecar.until(() => last() !== undefined);
  if (held) expect(refusalCode(answer)).toBe('held-denied');
  if (held) return 'held';
  if (answer.status !== 200) return `refused ${refusalCode(answer)}`;
  return last()?.finding?.outcome === 'redacted' ? 'redacted' : 'let-out';
}

/** Written by hand, as a client would; a name in Unicode goes out in its ASCII form. */
async function send({ method = 'GET', url, headers = [], body }: Asked): Promise<RawAnswer> {
  const parts = /^(https?):\/\/([^/?]+)(.*)$/.exec(url.replace('bücher.test', unicode));
  const [, scheme, host = '', rest = ''] = parts ?? [];
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const named = headers.some((line) => /^host:/i.test(line)) ? [] : [`Host: ${host}`];
  const framed = body === undefined || headers.some((line) => /^content-length:/i.test(line));
  const target = scheme === 'https' ? path : `http://${host}${path}`;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...named,
    ...headers,
    ...(framed ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body ?? '')]);
  if (scheme === 'http') return askProxy(sidecar.port, bytes);
  const authority = /:[^:]*$/.test(host) ? host : `${host}:443`;
  const connect = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
  const tunnel = { port: sidecar.port, certificate: sidecar.certificate, host };
  const opening = await askProxy(sidecar.port, connect);
  return opening.status === 200 ? askInside(tunnel, bytes) : opening;
}
