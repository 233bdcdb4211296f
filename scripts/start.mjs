// npm start: sets up what is missing, then runs the demo agent in a bottle.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, ensureNode, ensurePackages, root } from './setup.mjs';

ensureNode();
if (!ensurePackages({ bwrap: 'bubblewrap' })) process.exit(3);
ensureDependencies();
ensureBuild();
const { status, signal } = spawnSync(
  process.execPath,
  [join(root, 'dist/cli.js'), 'demo', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
