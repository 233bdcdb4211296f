// JSON posts over 32 kept connections, for the cases that differ in size.
import { quantile } from '../shared/statistics.mjs';

export const postFigures = {
  requests: { unit: 'requests/s', better: 'higher' },
  p99: { unit: 'ms', better: 'lower', title: 'p99', guard: false },
};

export async function measurePosts({ load, target, host, seconds }, bodyBytes) {
  const job = { connections: 32, host, method: 'POST', path: '/sink', bodyBytes, seconds };
  const result = await load.run('requests', job, target);
  return {
    requests: result.latencies.length / result.seconds,
    p99: quantile(result.latencies, 0.99),
    work: result.latencies.length,
    errors: result.errors,
  };
}
