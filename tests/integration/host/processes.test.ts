import { describe, expect, it } from 'vitest';
import { processes } from '../../../src/host/processes.js';

describe('processes', () => {
  it('passes input, keeps the two outputs apart, answers the exit code', async () => {
    const result = await processes.run('sh', ['-c', 'cat; echo err >&2; exit 7'], { input: 'hello' });
    expect(result).toEqual({ exitCode: 7, stdout: 'hello', stderr: 'err\n' });
  });

  it('answers null for a program that is not there', async () => {
    expect((await processes.run('/no/such/program', [])).exitCode).toBeNull();
  });

  it('does not fall over a program that leaves its input unread', async () => {
    expect((await processes.run('true', [], { input: 'x'.repeat(1 << 20) })).exitCode).toBe(0);
  });

  it('kills what runs over its time', async () => {
    expect((await processes.run('sleep', ['60'], { timeout: 50 })).exitCode).toBe(128 + 9);
  });

  it('answers 128 and the signal for a process that was killed', async () => {
    const started = processes.start('sleep', ['60']);
    started.kill('SIGTERM');
    expect(await started.exit).toBe(128 + 15);
  });

  it('cuts output without end', async () => {
    const { stdout } = await processes.run('sh', ['-c', 'head -c 3000000 /dev/zero']);
    expect(stdout.length).toBeLessThanOrEqual(1024 * 1024);
  });
});
