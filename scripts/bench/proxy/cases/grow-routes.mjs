const counts = [1, 20, 200];

export default {
  name: 'grow-routes',
  order: 71,
  title: 'Small GETs as the routes grow, 32 kept connections',
  ownProcesses: true,
  warmsUp: true,
  rigs: ({ detectors }) => detectors === true,
  full: true,
  figures: Object.fromEntries(
    counts.map((count) => [`r${count}`, { unit: 'requests/s', better: 'higher', title: `${count}` }]),
  ),
  async measure({ load, host, seconds, keep }) {
    const sample = { work: 0, errors: 0 };
    for (const routes of counts) {
      const { target } = await keep({ routes });
      const job = { connections: 32, host, method: 'GET', path: '/small', seconds: seconds / 2 };
      const result = await load.run('requests', job, target);
      sample[`r${routes}`] = result.latencies.length / result.seconds;
      sample.work += result.latencies.length;
      sample.errors += result.errors;
    }
    return sample;
  },
};
