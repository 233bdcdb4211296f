import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { nothingFound } from '../../../src/policy/outbound/examination.js';
import { createBatches } from '../../../src/sidecar/inspection/batches.js';
import type { Prepared } from '../../../src/sidecar/inspection/scanners.js';
import type { Workers } from '../../../src/sidecar/inspection/workers.js';
import { needs } from '../../support/needs.js';

const prepared = {} as Prepared;
const source = { bytes: Buffer.from('a'), contentType: null, contentEncoding: null };
const never = () => Promise.reject(new Error('not to be asked'));

const three = (workers: Partial<Workers>) => {
  const scanned: unknown[] = [];
  const examine = createBatches(
    { examine: never, redact: never, backlog: () => null, ...workers },
    (_, one) => {
      scanned.push(one);
      return nothingFound;
    },
  );
  return { scanned, answers: Promise.allSettled([1, 2, 3].map(() => examine(prepared, source))) };
};

needs('two cores', availableParallelism() > 1, 'small bodies that come together', () => {
  it('are scanned at once while no worker is ready', async () => {
    const { answers, scanned } = three({});
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(scanned).toHaveLength(3);
  });

  it('are refused when no thread is to be had', async () => {
    const { answers, scanned } = three({
      backlog: () => {
        throw new Error('no thread');
      },
    });
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(scanned).toHaveLength(0);
  });

  it('are refused when their worker dies', async () => {
    const { answers, scanned } = three({ backlog: () => 0 });
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(scanned).toHaveLength(0);
  });
});
