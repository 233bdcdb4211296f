import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlayground, type Playground, secretToken } from '../../support/bottles.js';
import { type Canary, startCanary } from '../../support/canary.js';
import { type Message, places } from '../../support/evasion/places.js';
import { canRead, type Received } from '../../support/evasion/reader.js';
import { bytesOf } from '../../support/evasion/rig.js';
import { evasionCases } from '../../support/evasion/table.js';
import { cleanValue, type SecretValue, secretValues } from '../../support/evasion/values.js';
import { randomOf } from '../../support/fuzzing.js';
import { hasProgram, needs } from '../../support/needs.js';
import { installProgram, operators, type Program } from '../../support/operators.js';
import { createTestAuthority } from '../../support/test-authority.js';

/** Other values with another seed in EVASION_SEED. */
const seed = Number(process.env['EVASION_SEED'] ?? 20_261_122);
const held: SecretValue = { kind: 'known secret', value: secretToken, detector: 'known_secrets' };
const values: readonly SecretValue[] = [held, ...secretValues(randomOf(seed)).slice(1)];
/** One upstream gets them all: a bottle's own name is for its host. */
const host = 'upload.example.com';
const inOneRequest = places.filter(({ name, knownOnly }) => name !== 'host label' && !knownOnly);
/** Of every place so many encodings, others for each value: the whole table is tests/integration/evasion.test.ts. */
const perPlace = 5;

interface Sent {
  readonly name: string;
  readonly value: string;
  readonly message: Message;
}

function sample(): readonly Sent[] {
  return values.flatMap(({ kind, value }, shift) => {
    const cases = evasionCases(value);
    return inOneRequest.flatMap((place) => {
      const here = cases.filter((one) => one.place === place.name);
      const step = Math.max(1, Math.floor(here.length / perPlace));
      return here
        .filter((_, index) => (index + shift) % step === 0)
        .flatMap((one) =>
          one.messages(value).map((message) => ({ name: `${kind}: ${one.name}`, value, message })),
        );
    });
  });
}

const clean: readonly Sent[] = inOneRequest
  .filter(({ name }) => name !== 'basic credentials')
  .flatMap((place) => {
    const value = cleanValue(40);
    return evasionCases(value)
      .filter((one) => one.place === place.name && one.encoding === 'base64')
      .flatMap((one) => one.messages(value).map((message) => ({ name: one.name, value, message })));
  });

needs(
  'bwrap and python3',
  hasProgram('bwrap') && hasProgram('python3'),
  'evasion from inside a bottle',
  () => {
    let program: Program;
    let canary: Canary;
    let folder: string;
    const received: Received[] = [];

    beforeAll(async () => {
      program = installProgram();
      const authority = await createTestAuthority();
      canary = await startCanary({ authority, names: [host] }, (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.once('close', () => {
          const { url = '', rawHeaders: headers, rawTrailers: trailers } = request;
          received.push({ host, target: url, headers, trailers, body: Buffer.concat(chunks) });
        });
        request.once('end', () => response.end('ok'));
      });
      folder = mkdtempSync(join(tmpdir(), 'bot-bottle-evasion-'));
      writeFileSync(join(folder, 'upstream.pem'), authority.certificate);
    });
    afterAll(async () => {
      await canary?.[Symbol.asyncDispose]();
      program?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    describe.each(operators.filter(({ present }) => present))('started by $name', (operator) => {
      let playground: Playground;
      beforeAll(() => {
        const bottle = `egress:
  routes:
    - host: api.example.com
      auth: {scheme: Bearer, token_ref: E2E_TOKEN}
    - host: ${host}
      connect_to: 127.0.0.1:${canary.port}
      ca_file: ./upstream.pem
      dlp: {outbound_on_match: block}
`;
        playground = makePlayground(program, operator, { bottle });
        writeFileSync(
          join(playground.home, 'bottles/upstream.pem'),
          readFileSync(join(folder, 'upstream.pem')),
        );
      });
      afterAll(() => playground?.remove());

      const send = async (requests: readonly Sent[]) => {
        const lines = requests.map(({ message }) => ({
          host,
          bytes: bytesOf(message, host, '').toString('base64'),
        }));
        playground.write('cases.json', JSON.stringify(lines));
        received.length = 0;
        const { code, stdout, stderr } = await playground.run([
          'python3',
          'attacks/evasion.py',
          'cases.json',
        ]);
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
          ({ message }, at) =>
            answers[at]?.status !== 403 && answers[at]?.status !== 400 && !message.trailers,
        );
        expect(letOut.map(({ name }) => `${name} (seed ${seed})`)).toEqual([]);
        for (const { value } of values) {
          const known = value === secretToken;
          expect(received.filter((one) => canRead([one], value, known))).toEqual([]);
        }
      });
    });
  },
);
