import { quantile } from '../../shared/statistics.mjs';

export default {
  name: 'small-gets',
  order: 10,
  warmsUp: true,
  title: 'Small GETs, 32 kept connections',
  figures: {
    requests: { unit: 'requests/s', better: 'higher' },
    p50: { unit: 'ms', better: 'lower', title: 'p50' },
    p99: { unit: 'ms', better: 'lower', title: 'p99', guard: false },
  },
  async measure({ load, target, host, seconds }) {
    // A minute of other cases lies between two rounds: those that compile as they go need longer to be at their speed again.
    const job = { connections: 32, host, method: 'GET', path: '/small', seconds, warmUp: 0.6 };
    const result = await load.run('requests', job, target);
    return {
      requests: result.latencies.length / result.seconds,
      p50: quantile(result.latencies, 0.5),
      p99: quantile(result.latencies, 0.99),
      work: result.latencies.length,
      errors: result.errors,
    };
  },
};
