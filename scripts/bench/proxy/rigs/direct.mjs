// No proxy: the limit of what this machine, client and upstream can do.
export default {
  name: 'direct',
  title: 'direct (no proxy)',
  kind: 'limit',
  missing: () => null,
  version: () => `node ${process.versions.node}`,
  async start({ upstream }) {
    return {
      connect: { proxyPort: null, authorityPort: upstream.port, certificate: upstream.certificate },
      pids: [],
      stop: async () => {},
    };
  },
};
