// One large body over one connection, for the cases that differ in direction.
const megabyte = 1e6;

export const transferFigures = { rate: { unit: 'MB/s', better: 'higher' } };

export async function measureTransfer({ load, target, host }, direction, megabytes) {
  const bytes = megabytes * megabyte;
  const job =
    direction === 'down'
      ? { method: 'GET', path: `/bytes?count=${bytes}` }
      : { method: 'POST', path: '/sink', bodyBytes: bytes };
  const result = await load.run('requests', { connections: 1, count: 1, host, ...job }, target);
  if (result.latencies.length !== 1) throw new Error(`no answer to ${megabytes} MB ${direction}`);
  if (direction === 'down' && result.bytes !== bytes)
    throw new Error(`${result.bytes} bytes of ${bytes} arrived`);
  return { rate: megabytes / result.seconds, work: megabytes, errors: result.errors };
}
