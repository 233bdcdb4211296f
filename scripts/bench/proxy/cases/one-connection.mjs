import { quantile } from '../../shared/statistics.mjs';

export default {
  name: 'one-connection',
  order: 11,
  title: 'Small GETs, one kept connection',
  figures: {
    p50: { unit: 'ms', better: 'lower', title: 'p50' },
    p99: { unit: 'ms', better: 'lower', title: 'p99', guard: false },
  },
  async measure({ load, target, host, seconds }) {
    const job = { connections: 1, host, method: 'GET', path: '/small', seconds };
    const { latencies, errors } = await load.run('requests', job, target);
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), work: latencies.length, errors };
  },
};
