const kilobyte = 1024;
const sizes = { '1 KB': 1, '32 KB': 32, '1 MB': 1024, '10 MB': 10_240, '100 MB': 102_400 };

export default {
  name: 'grow-bodies',
  order: 72,
  title: 'JSON posts one after another as their bodies grow',
  rigs: (rig) => rig.kind !== 'peer',
  full: true,
  figures: Object.fromEntries(
    Object.keys(sizes).map((size) => [size, { unit: 'MB/s', better: 'higher', title: size }]),
  ),
  async measure({ load, target, host, seconds }) {
    const sample = { work: 0, errors: 0 };
    for (const [size, kilobytes] of Object.entries(sizes)) {
      const bodyBytes = kilobytes * kilobyte;
      const job = { connections: 1, host, method: 'POST', path: '/sink', bodyBytes, seconds: seconds / 2 };
      const result = await load.run('requests', job, target);
      sample[size] = (result.latencies.length * bodyBytes) / 1e6 / result.seconds;
      sample.work += result.latencies.length;
      sample.errors += result.errors;
    }
    return sample;
  },
};
