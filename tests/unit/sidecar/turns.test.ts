import { expect, it } from 'vitest';
import { createTurns } from '../../../src/sidecar/turns.js';

function ofTwo() {
  const turns = createTurns(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (name: string) =>
    turns.take((end) => {
      begun.push(name);
      ends.set(name, end);
    });
  return { turns, begun, take, end: (name: string) => ends.get(name)?.() };
}

it('lets so many go at once, and the others in their order', () => {
  const { turns, begun, take, end } = ofTwo();
  expect([take('a'), take('b')]).toEqual([null, null]);
  for (const name of ['c', 'd', 'e']) take(name);
  expect([begun, turns.waiting()]).toEqual([['a', 'b'], 3]);
  end('b');
  end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  end('a');
  end('c');
  expect([begun, turns.waiting()]).toEqual([['a', 'b', 'c', 'd', 'e'], 0]);
});

it('forgets who leaves the wait', () => {
  const { turns, begun, take, end } = ofTwo();
  for (const name of ['a', 'b']) take(name);
  const leave = take('c');
  take('d');
  expect([leave?.(), leave?.(), turns.waiting()]).toEqual([true, false, 1]);
  end('a');
  end('b');
  expect([begun, turns.waiting()]).toEqual([['a', 'b', 'd'], 0]);
});

it('takes a turn that is over at once for one', () => {
  const turns = createTurns(1);
  const begun: number[] = [];
  for (const number of [1, 2, 3])
    expect(
      turns.take((end) => {
        begun.push(number);
        end();
      }),
    ).toBe(null);
  expect(begun).toEqual([1, 2, 3]);
});
