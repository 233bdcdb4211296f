// http-mitm-proxy at its best: connections to the upstream kept, P-256 keys.
import { startNodePeer } from '../node-peers.mjs';
import { dependencyVersion } from '../peer-packages.mjs';

export default {
  name: 'http-mitm-proxy tuned',
  title: 'http-mitm-proxy with keep-alive and EC keys',
  kind: 'peer',
  missing: () => null,
  version: () => dependencyVersion('http-mitm-proxy'),
  start: (context) => startNodePeer(context, 'http-mitm-proxy', { tuned: true }),
};
