import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { bottleSuite } from '../../support/bottle-suite.js';
import { processesWith, until } from '../../support/bottles.js';
import { drive } from '../../support/terminal.js';
import { converseOnATerminal } from '../terminal/conversations.js';

const prompt = 'agent@bottle[^$]*\\$ ';

bottleSuite('a bubblewrap bottle on a terminal', (bench) => {
  const { operator } = bench;

  converseOnATerminal(bench);

  it('a killed command line leaves nothing, with a terminal too', async () => {
    const [node, ...args] = bench.playground.commandLine(['sh', '-c', 'echo up; sleep 600']);
    const driver = spawn('/usr/bin/python3', ['-c', killFixture, node, ...args], {
      uid: operator.uid,
      gid: operator.gid,
      env: { ...bench.playground.environment },
    });
    let output = '';
    for await (const chunk of driver.stdout) output += chunk;
    expect(output).toContain('killed');
    await until('no process is left', () => processesWith(bench.playground.folder).length === 0);
  });

  it('decisions that are printed while the agent has the terminal begin at its left', async () => {
    const { code, output, failure } = await drive(
      bench.playground.commandLine(['bash', '--norc', '-i'], { options: ['--verbose'] }),
      [
        ['expect', 'bash-[^$]*\\$ '],
        ['send', 'curl -sS https://one.test/ https://two.test/\n'],
        // The shell's prompt may come before it or after it.
        ['expect', 'refused CONNECT two.test host-not-allowed'],
        ['send', 'exit 5\n'],
      ],
      { ...operator, environment: bench.playground.environment },
    );
    expect({ code, failure }, output).toEqual({ code: 5, failure: null });
    const lines = output.match(/refused CONNECT \w+\.test host-not-allowed \d+ ms\r*\n/g);
    expect(lines).toHaveLength(2);
    for (const line of lines ?? []) expect(line).toMatch(/\r\n$/);
  });

  it('the prompt is the agent’s', async () => {
    const { code } = await drive(
      bench.playground.commandLine(['bash', '-i']),
      [
        ['expect', prompt],
        ['send', 'exit\n'],
      ],
      { ...operator, environment: bench.playground.environment },
    );
    expect(code).toBe(0);
  });
});

/** Starts the command on a terminal, waits for `up` and kills the command line itself. */
const killFixture = `
import os, pty, sys, signal
pid, master = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
while b"up" not in seen:
    seen += os.read(master, 4096)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
print("killed")
`;
