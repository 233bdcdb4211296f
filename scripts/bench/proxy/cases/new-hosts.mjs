import { quantile } from '../../shared/statistics.mjs';

export default {
  name: 'new-hosts',
  order: 31,
  title: 'The first connection to a new host, up to its first response',
  figures: { p50: { unit: 'ms', better: 'lower', title: 'p50' } },
  async measure({ load, target, newHosts, seconds }) {
    const { latencies, errors } = await load.run('connections', { hosts: newHosts, seconds }, target);
    return { p50: quantile(latencies, 0.5), work: latencies.length, errors };
  },
};
