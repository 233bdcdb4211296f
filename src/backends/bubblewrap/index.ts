import type { Backend } from '../../plan/ports.js';

const bubblewrap: Backend = {
  name: 'bubblewrap',
  summary: 'user namespaces; no daemon, no root',
  probe: async () => ({ usable: false, barrier: '', problems: [] }),
  start: async () => {
    throw new Error('unbuilt');
  },
};

export default bubblewrap;
