import { afterAll, expect } from 'vitest';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, outerAddress, type TestEngine } from '../../support/engine.js';
import { evasionFromBottles } from '../../support/evasion/bottles.js';
import { needs } from '../../support/needs.js';

const found = await findEngine();

needs('docker engine', found !== null, 'evasion from inside a Docker bottle', () => {
  const engine = found as TestEngine;
  afterAll(async () => {
    expect(await leftovers(engine, [])).toEqual([]);
  });

  evasionFromBottles({
    playground: (bottle) => makeDockerPlayground(engine, engine.member, bottle),
    listen: '0.0.0.0',
    reach: found ? outerAddress() : '',
  });
});
