import type { Provider } from '../plan/ports.js';

/** Any command: a bottle without a model account. */
const shell: Provider = {
  name: 'shell',
  summary: 'any command; an interactive bash when none is given',
  command: (given) => (given.length > 0 ? given : ['/bin/bash']),
  environment: {},
};

export default shell;
