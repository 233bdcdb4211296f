export default {
  name: 'events',
  order: 50,
  title: 'Server-sent events (the upstream pauses 50 ms after the first)',
  figures: {
    first: { unit: 'ms', better: 'lower', title: 'first event', guard: false },
    rate: { unit: 'events/s', better: 'higher' },
  },
  async measure({ load, target, host, seconds }) {
    const result = await load.run('events', { host, seconds: seconds + 0.1 }, target);
    return {
      first: result.firstEvent,
      rate: result.events / result.seconds,
      work: result.events,
      errors: result.errors,
    };
  },
};
