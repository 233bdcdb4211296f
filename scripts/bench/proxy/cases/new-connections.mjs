import { quantile } from '../../shared/statistics.mjs';

export default {
  name: 'new-connections',
  order: 30,
  title: 'A new connection to a known host, up to its first response',
  figures: {
    p50: { unit: 'ms', better: 'lower', title: 'p50' },
    p99: { unit: 'ms', better: 'lower', title: 'p99', guard: false },
  },
  async measure({ load, target, host, seconds }) {
    const hosts = new Array(1000).fill(host);
    const { latencies, errors } = await load.run('connections', { hosts, seconds }, target);
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), work: latencies.length, errors };
  },
};
