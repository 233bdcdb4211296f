import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ambiguousRequests } from '../../support/ambiguous-requests.js';
import type { Playground } from '../../support/bottles.js';
import type { Canary } from '../../support/canary.js';
import { makePlaygroundWithUpstream } from '../../support/docker-bottles.js';
import { partsOf } from '../../support/docker-parts.js';
import { findEngine, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();
const host = 'api.example.com';
const latin = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const question = '0361706907657861 6d706c6503636f6d00'.replaceAll(' ', '');
const header = (flags: string, questions: string) => `abcd${flags}${questions}000000000000`;

/** What is no TLS, or none that names a host. */
const hellos: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['one byte', '16'],
  ['zeros', '00'.repeat(4096)],
  ['HTTP', latin(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)],
  ['a record of 65,535 bytes', '160301ffff'],
  ['a hello that claims to be longer than it is', `16030100050100ffff03${'03'.repeat(64)}`],
  ['an SSLv2 hello', '802e0100020015000000100100800200800300800400800500800600400700c0'],
  ['an alert', '15030100020228'],
  ['application data first', '1703030010'.padEnd(42, '0')],
];
/** What is no question. */
const messages: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['one byte', 'ab'],
  ['a header alone', header('0100', '0001')],
  ['an answer', `${header('8180', '0001')}${question}00010001`],
  ['65,535 questions', `${header('0100', 'ffff')}${question}00010001`],
  ['a name that points to itself', `${header('0100', '0001')}c00c00010001`],
  ['a label of 64 bytes', `${header('0100', '0001')}40${'61'.repeat(64)}0000010001`],
  ['a name of 300 bytes', `${header('0100', '0001')}${`3f${'61'.repeat(63)}`.repeat(5)}0000010001`],
  ['a name without an end', `${header('0100', '0001')}0361`],
  ['a NUL within a name', `${header('0100', '0001')}0461006269000001 0001`.replaceAll(' ', '')],
  ['a dot within a label', `${header('0100', '0001')}0f6170692e6578616d706c652e636f6d0000010001`],
  ['every type', `${header('0100', '0001')}${question}00ff0001`],
  ['a zone transfer', `${header('0100', '0001')}${question}00fc0001`],
  ['another class', `${header('0100', '0001')}${question}00010003`],
  ['an update', `${header('2800', '0001')}${question}00060001`],
];
const framed = (message: string) => (message.length / 2).toString(16).padStart(4, '0') + message;

needs('docker engine', found !== null, 'malformed input from a Docker bottle', () => {
  const engine = found as TestEngine;
  let upstream: Canary;
  let playground: Playground;
  beforeAll(async () => {
    ({ playground, upstream } = await makePlaygroundWithUpstream(engine, host));
  });
  afterAll(async () => {
    playground.remove();
    await upstream[Symbol.asyncDispose]();
  });

  /** Sends all of them from one bottle, whose sidecar must then still do its work. */
  const send = async (cases: readonly (readonly [string, string, string])[]) => {
    const script = `echo up; python3 attacks/malformed.py && curl -sS https://${host}/after`;
    const started = playground.start(['sh', '-c', script]);
    await started.seen('up');
    const { sidecar } = await partsOf(engine.docker, playground.workspace);
    const before = upstream.connections();
    started.process.stdin?.end(JSON.stringify({ sidecar, host, cases }));
    const { stdout, stderr, code } = await started.finished;
    expect(code, stderr).toBe(0);
    const [, answers = '[]', after] = stdout.split('\n');
    expect(after).toBe('reached GET /after');
    // What is after is the one that got through.
    expect(upstream.connections() - before).toBe(1);
    expect(upstream.requests.map(({ line }) => line)).toEqual(upstream.requests.map(() => 'GET /after'));
    return (JSON.parse(answers) as [string, string, string][]).map(([name, way, answer]) => ({
      name,
      way,
      answer: /^[0-9a-f]*$/.test(answer) ? Buffer.from(answer, 'hex') : answer,
    }));
  };
  const statusOf = (answer: Buffer | string) =>
    /^HTTP\/1\.1 (\d+)/.exec(answer.toString('latin1'))?.[1] ?? '';

  describe('is answered by a refusal or the end, and reaches nobody', () => {
    it.each(['tunnel', 'tls 443', 'tcp 80', 'tcp 3128'])('as a request: %s', async (way) => {
      const cases = ambiguousRequests(host).map(([name, bytes]) => [name, way, latin(bytes)] as const);
      const answers = await send(cases);
      expect(answers).toHaveLength(cases.length);
      const wrong = answers.filter(({ answer }) => !/^4\d\d$/.test(statusOf(answer)));
      expect(wrong.map(({ name, answer }) => `${name}: ${answer}`)).toEqual([]);
    });

    it('as a TLS handshake', async () => {
      const answers = await send(hellos.map(([name, bytes]) => [name, 'tcp 443', bytes] as const));
      // An alert, the end, or silence until the one who began it goes on.
      const wrong = answers.filter(
        ({ answer }) => typeof answer !== 'string' && answer.length > 0 && answer[0] !== 0x15,
      );
      expect(wrong.map(({ name, answer }) => `${name}: ${answer}`)).toEqual([]);
    });

    it.each(['udp 53', 'tcp 53'])('as a question: %s', async (way) => {
      const cases = messages.map(
        ([name, bytes]) => [name, way, way.startsWith('tcp') ? framed(bytes) : bytes] as const,
      );
      const answers = await send([...cases, ['a length alone', 'tcp 53', 'ffff']]);
      const records = answers.filter(({ way: by, answer }) => {
        const start = by.startsWith('tcp') ? 2 : 0;
        return typeof answer !== 'string' && answer.length > start && answer.readUInt16BE(start + 6) > 0;
      });
      expect(records.map(({ name, answer }) => `${name}: ${answer.toString('hex')}`)).toEqual([]);
    });
  });
});
