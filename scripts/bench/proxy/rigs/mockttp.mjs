// mockttp: the proxy library behind HTTP Toolkit.
import { startNodePeer } from '../node-peers.mjs';
import { cachedPackages, cachedVersion } from '../peer-packages.mjs';

export default {
  name: 'mockttp',
  title: 'mockttp, passing through',
  kind: 'peer',
  missing: () => (cachedVersion('mockttp') ? null : 'npm package mockttp'),
  version: () => cachedVersion('mockttp'),
  full: true,
  start: (context) => startNodePeer(context, 'mockttp', { packages: cachedPackages }),
};
