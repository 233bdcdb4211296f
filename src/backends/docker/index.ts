import { BottleError, messageOf } from '../../contract/errors.js';
import type { Backend, Readiness } from '../../plan/ports.js';
import { sidecarName, sidecarPorts } from './addresses.js';
import { barrierOf, runtimeOf } from './barrier.js';
import { connectEngine, engineFacts } from './engine.js';
import { management } from './manage.js';
import { startBottle } from './start.js';

const docker: Backend = {
  name: 'docker',
  summary: 'containers on an internal network; gVisor where the engine has it',
  containers: true,
  proxy: { host: sidecarName, port: sidecarPorts.proxy },
  management,
  probe: async ({ environment }): Promise<Readiness> => {
    const engine = connectEngine(environment);
    try {
      const facts = await engineFacts(engine);
      const where = engine.remote
        ? `, on another machine (${engine.address}): --workspace-mode copy only`
        : '';
      return {
        usable: true,
        barrier: `${barrierOf(runtimeOf({ container: { runtime: environment['BOT_BOTTLE_RUNTIME'] || null } }, facts), facts)}${where}`,
        problems: [],
      };
    } catch (thrown) {
      const mend = thrown instanceof BottleError ? thrown.hint : undefined;
      return { usable: false, barrier: '', problems: [{ message: messageOf(thrown), mend: mend ?? '' }] };
    }
  },
  start: startBottle,
};

export default docker;
