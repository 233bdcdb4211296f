import { expect, it } from 'vitest';
import { openTaskGroup } from '../../../../src/backends/docker/task-group.js';

const never = new AbortController().signal;

function onceAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('a consequence')), { once: true });
  });
}

it('fails with what failed first, however the tasks stand', async () => {
  const group = openTaskGroup(never);
  const waiting = group.begin(() => onceAborted(group.signal));
  const failing = group.begin(async () => {
    throw new Error('the cause');
  });
  group.begin(() => Promise.all([waiting, failing]));
  await expect(group.settled()).rejects.toThrow('the cause');
});

it('waits for what is in flight after a failure, and begins nothing more', async () => {
  const group = openTaskGroup(never);
  const done: string[] = [];
  let finish = () => {};
  const flight = new Promise<void>((resolve) => {
    finish = resolve;
  });
  group.begin(async () => {
    await flight;
    done.push('flight');
  });
  const failing = group.begin(async () => {
    throw new Error('the cause');
  });
  await failing.catch(() => {});
  const late = group.begin(async () => {
    done.push('late');
  });
  setImmediate(finish);
  await expect(group.settled()).rejects.toThrow('the cause');
  await expect(late).rejects.toThrow('the cause');
  expect(done).toEqual(['flight']);
});

it('waits for tasks that tasks begin', async () => {
  const group = openTaskGroup(never);
  const done: string[] = [];
  group.begin(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    group.begin(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push('inner');
    });
  });
  await group.settled();
  expect(done).toEqual(['inner']);
});

it('ends when the caller calls it off, and not for what the caller does later', async () => {
  const caller = new AbortController();
  const group = openTaskGroup(caller.signal);
  group.begin(() => onceAborted(group.signal));
  caller.abort(new Error('called off'));
  await expect(group.settled()).rejects.toThrow('called off');

  const other = new AbortController();
  const finished = openTaskGroup(other.signal);
  finished.begin(async () => {});
  await finished.settled();
  other.abort();
  expect(finished.signal.aborted).toBe(false);
});
