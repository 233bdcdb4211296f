export default {
  name: 'messages',
  order: 51,
  title: 'WebSocket messages there and back, 8 connections, 16 on their way on each',
  figures: { rate: { unit: 'messages/s', better: 'higher' } },
  async measure({ load, target, host, seconds }) {
    const result = await load.run('messages', { host, connections: 8, window: 16, seconds }, target);
    return { rate: result.messages / result.seconds, work: result.messages, errors: result.errors };
  },
};
