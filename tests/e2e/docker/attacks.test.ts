import { expect, it } from 'vitest';
import { dockerSuite } from '../../support/docker-bottles.js';
import { findEngine } from '../../support/engine.js';
import { needs } from '../../support/needs.js';
import { attackTheFiles } from '../attacks/files.js';
import { attackTheLimits } from '../attacks/limits.js';
import { attackTheModes } from '../attacks/modes.js';
import { attackTheNetwork } from '../attacks/network.js';
import { attackTheProtectedPaths } from '../attacks/protected-paths.js';
import { attackTheRights } from '../attacks/rights.js';

const found = await findEngine();

needs('docker engine', found !== null, 'attacks from inside a Docker bottle', () => {
  dockerSuite(found, 'runc', 'everyone', (bench) => {
    attackTheNetwork(bench);
    attackTheRights(bench);
    attackTheFiles(bench);
    attackTheProtectedPaths(bench);
    attackTheModes(bench);
    attackTheLimits(bench);
  });
});

needs(
  'gVisor in the Docker engine',
  found?.runtimes.includes('runsc') === true,
  'attacks from inside a Docker bottle',
  () => {
    dockerSuite(found, 'runsc', 'the member', (bench) => {
      it('is on another kernel than this machine’s', async () => {
        const { stdout } = await bench.playground.run(['sh', '-c', 'dmesg | head -1; cat /proc/version']);
        expect(stdout).toMatch(/gVisor/);
      });
      attackTheNetwork(bench);
      attackTheRights(bench);
      attackTheFiles(bench);
      attackTheProtectedPaths(bench);
    });
  },
);
