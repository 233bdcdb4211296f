import { residentMegabytes } from '../../shared/processes.mjs';

const tunnels = 1000;

export default {
  name: 'memory',
  order: 60,
  title: 'Memory of a fresh process, and of 1,000 idle tunnels, each after one request',
  rounds: 1,
  ownProcesses: true,
  rigs: (rig) => rig.kind !== 'limit',
  figures: {
    rest: { unit: 'MB', better: 'lower', title: 'at rest' },
    each: { unit: 'KB', better: 'lower', title: 'each idle tunnel', full: true },
  },
  async measure({ load, host, quick, open }) {
    const { target, pids } = await open({});
    await load.run('connections', { hosts: [host] }, target);
    const rest = residentMegabytes(pids);
    // Few tunnels are lost in what a collection more or less makes of it.
    if (quick) return { rest, work: 1, errors: 0 };
    try {
      const result = await load.run('tunnels', { host, count: tunnels }, target);
      if (result.open === 0) throw new Error('no tunnel stayed open');
      const each = ((residentMegabytes(pids) - rest) * 1024) / result.open;
      return { rest, each, work: result.open, errors: result.errors };
    } finally {
      await load.run('tunnels', { host, count: 0 }, target);
    }
  },
};
