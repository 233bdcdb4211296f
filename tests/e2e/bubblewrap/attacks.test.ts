import { bottleSuite } from '../../support/bottle-suite.js';
import { attackTheFiles } from '../attacks/files.js';
import { attackTheModes } from '../attacks/modes.js';
import { attackTheNetwork } from '../attacks/network.js';
import { attackTheProtectedPaths } from '../attacks/protected-paths.js';
import { attackTheRights } from '../attacks/rights.js';

bottleSuite('attacks from inside a bubblewrap bottle', (bench) => {
  attackTheNetwork(bench);
  attackTheRights(bench);
  attackTheFiles(bench);
  attackTheProtectedPaths(bench);
  attackTheModes(bench);
});
