// The sidecar of a bottle as `start` runs it, on TCP, with no detectors on its routes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../setup.mjs';
import { startSidecar } from '../sidecar.mjs';

export default {
  name: 'bot-bottle-dlp-off',
  title: 'bot-bottle (DLP off)',
  kind: 'ours',
  missing: () => null,
  version: () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  start: (context) => startSidecar(context, {}),
};
