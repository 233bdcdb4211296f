import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Playground, secretToken } from '../bottles.js';
import { type Canary, startCanary } from '../canary.js';
import { randomOf } from '../fuzzing.js';
import { createTestAuthority } from '../test-authority.js';
import { type Message, places } from './places.js';
import { canRead, type Received } from './reader.js';
import { bytesOf } from './rig.js';
import { type EvasionCase, evasionCases } from './table.js';
import { cleanValue, type SecretValue, secretValues } from './values.js';

/** Other values with another seed in EVASION_SEED. */
const seed = Number(process.env['EVASION_SEED'] ?? 20_261_122);
const held: SecretValue = { kind: 'known secret', value: secretToken, detector: 'known_secrets' };
const values: readonly SecretValue[] = [held, ...secretValues(randomOf(seed)).slice(1)];
/** One upstream gets them all: a bottle's own name is for its host. */
const host = 'upload.example.com';
const inOneRequest = places.filter(({ name, knownOnly }) => name !== 'host label' && !knownOnly);
/** Of every place at least so many encodings, others for each value: the whole table is tests/integration/evasion.test.ts. */
const perPlace = 5;

interface Sent {
  readonly name: string;
  readonly value: string;
  readonly message: Message;
}

function sample(): readonly Sent[] {
  return values.flatMap(({ kind, value }, shift) => {
    const cases = evasionCases(value).filter((one) => inOneRequest.some(({ name }) => name === one.place));
    const chosen = new Set([
      ...inOneRequest.flatMap(({ name }) =>
        everyFew(
          cases.filter(({ place }) => place === name),
          shift,
        ),
      ),
      // And of every encoding one, in another place for each value.
      ...[...new Set(cases.map(({ encoding }) => encoding))].flatMap((encoding, turn) => {
        const here = cases.filter((one) => one.encoding === encoding);
        return here.slice((turn + shift) % here.length).slice(0, 1);
      }),
    ]);
    return [...chosen].flatMap((one) =>
      one.messages(value).map((message) => ({ name: `${kind}: ${one.name}`, value, message })),
    );
  });
}

function everyFew(cases: readonly EvasionCase[], shift: number): readonly EvasionCase[] {
  const step = Math.max(1, Math.floor(cases.length / perPlace));
  return cases.filter((_, index) => (index + shift) % step === 0);
}

const clean: readonly Sent[] = inOneRequest
  .filter(({ name }) => name !== 'basic credentials')
  .flatMap((place) => {
    const value = cleanValue(40);
    return evasionCases(value)
      .filter((one) => one.place === place.name && one.encoding === 'base64')
      .flatMap((one) => one.messages(value).map((message) => ({ name: one.name, value, message })));
  });

/** Where bottles run, and where they find an upstream of the test's. */
export interface EvasionPlace {
  /** @param bottle text of its manifest's front matter */
  readonly playground: (bottle: string) => Playground;
  /** The upstream listens there, and bottles reach it there. */
  readonly listen: string;
  readonly reach: string;
}

/** Sends values in many encodings from every place of a request out of a real bottle, whatever its backend. */
export function evasionFromBottles({ playground: make, listen, reach }: EvasionPlace): void {
  const received: Received[] = [];
  let canary: Canary;
  let playground: Playground;

  beforeAll(async () => {
    const authority = await createTestAuthority();
    const keep = { authority, names: [host] };
    canary = await startCanary(
      keep,
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.once('close', () => {
          const { url = '', rawHeaders: headers, rawTrailers: trailers } = request;
          received.push({ host, target: url, headers, trailers, body: Buffer.concat(chunks) });
        });
        request.once('end', () => response.end('ok'));
      },
      listen,
    );
    playground = make(`egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: E2E_TOKEN}
    - host: ${host}
      private: true
      connect_to: ${reach}:${canary.port}
      ca_file: ./upstream.pem
      dlp: {outbound_on_match: block}
`);
    writeFileSync(join(playground.home, 'bottles/upstream.pem'), authority.certificate);
  });
  afterAll(async () => {
    playground?.remove();
    await canary?.[Symbol.asyncDispose]();
  });

  const send = async (requests: readonly Sent[]) => {
    const lines = requests.map(({ message }) => ({
      host,
      bytes: bytesOf(message, host, '').toString('base64'),
    }));
    playground.write('cases.json', JSON.stringify(lines));
    received.length = 0;
    const { code, stdout, stderr } = await playground.run(['python3', 'attacks/evasion.py', 'cases.json']);
    expect([code, stderr]).toEqual([0, '']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number; body: string });
  };

  it('clean values leave from every place', async () => {
    const answers = await send(clean);
    const refused = answers.flatMap(({ status, body }, at) =>
      status === 200 ? [] : [`${clean[at]?.name}: ${body}`],
    );
    expect(refused).toEqual([]);
    expect(received).toHaveLength(clean.length);
  });

  it('no value leaves from any place in any encoding', async () => {
    const requests = sample();
    expect(requests.length).toBeGreaterThan(900);
    const answers = await send(requests);
    expect(answers).toHaveLength(requests.length);
    const letOut = requests.filter(
      ({ message }, at) => answers[at]?.status !== 403 && answers[at]?.status !== 400 && !message.trailers,
    );
    expect(letOut.map(({ name }) => `${name} (seed ${seed})`)).toEqual([]);
    for (const { value } of values) {
      const known = value === secretToken;
      expect(received.filter((one) => canRead([one], value, known))).toEqual([]);
    }
  });
}
