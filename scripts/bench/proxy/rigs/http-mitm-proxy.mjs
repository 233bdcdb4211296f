// http-mitm-proxy as it comes: a new connection to the upstream for each request, RSA keys.
import { startNodePeer } from '../node-peers.mjs';
import { dependencyVersion } from '../peer-packages.mjs';

export default {
  name: 'http-mitm-proxy',
  title: 'http-mitm-proxy, stock',
  kind: 'peer',
  missing: () => null,
  version: () => dependencyVersion('http-mitm-proxy'),
  full: true,
  start: (context) => startNodePeer(context, 'http-mitm-proxy', { tuned: false }),
};
