import { afterAll, beforeAll, expect } from 'vitest';
import { makeDockerPlayground } from '../../support/docker-bottles.js';
import { findEngine, leftovers, outerAddress, type TestEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';
import { scannedBottles } from '../../support/scanned-bottles.js';

const found = await findEngine();

needs('docker engine', found !== null, 'what a Docker bottle may send', () => {
  const engine = found as TestEngine;
  let before: string[];
  beforeAll(async () => {
    before = await leftovers(engine, []);
  });
  afterAll(async () => {
    expect(await leftovers(engine, [])).toEqual(before);
  });

  scannedBottles({
    playground: () => makeDockerPlayground(engine, engine.member, ''),
    listen: '0.0.0.0',
    reach: found ? outerAddress() : '',
  });
});
