import { describe, expect, it } from 'vitest';
import { createLeastRecentlyUsed } from '../../../src/sidecar/lru.js';

describe('a map of bounded size', () => {
  function ofThree() {
    const evicted: string[] = [];
    const cache = createLeastRecentlyUsed<string>(3, (value) => evicted.push(value));
    const ask = (key: string) => cache.getOrCreate(key, () => `made for ${key}`);
    return { evicted, ask };
  }

  it('makes a value once', () => {
    const { ask } = ofThree();
    let made = 0;
    const cache = createLeastRecentlyUsed<object>(3);
    const create = () => {
      made += 1;
      return {};
    };
    expect(cache.getOrCreate('a', create)).toBe(cache.getOrCreate('a', create));
    expect([made, ask('a')]).toEqual([1, 'made for a']);
  });

  it.each([
    [['a', 'b', 'c', 'd'], ['a']],
    [['a', 'b', 'c', 'a', 'd'], ['b']],
    [
      ['a', 'b', 'c', 'c', 'a', 'a', 'd', 'e'],
      ['b', 'c'],
    ],
    [['a', 'a', 'b', 'b', 'c', 'c', 'a', 'b', 'd'], ['c']],
  ])('asked for %j gives up %j', (keys, gone) => {
    const { evicted, ask } = ofThree();
    for (const key of keys) ask(key);
    expect(evicted).toEqual(gone.map((key) => `made for ${key}`));
  });
});
