const counts = [1, 8, 32, 128, 500];

export default {
  name: 'grow-connections',
  order: 70,
  title: 'Small GETs as the connections grow',
  rigs: (rig) => rig.kind !== 'peer',
  full: true,
  figures: Object.fromEntries(
    counts.map((count) => [`c${count}`, { unit: 'requests/s', better: 'higher', title: `${count}` }]),
  ),
  async measure({ load, target, host, seconds }) {
    const sample = { work: 0, errors: 0 };
    for (const count of counts) {
      const job = { connections: count, host, method: 'GET', path: '/small', seconds: seconds / 2 };
      const result = await load.run('requests', job, target);
      sample[`c${count}`] = result.latencies.length / result.seconds;
      sample.work += result.latencies.length;
      sample.errors += result.errors;
    }
    return sample;
  },
};
