import { expect, it } from 'vitest';
import type { Bench } from '../../support/bottle-suite.js';
import { drive, type TerminalStep } from '../../support/terminal.js';

const shellPrompt = 'bash-[^$]*\\$ ';

/**
 * Its words are not to be found in the line that starts it, which the terminal echoes. It starts no program of its own:
 * one that is stopped between vfork and exec holds its parent, which then is never stopped. Nor has it a handler for
 * SIGCONT, which would run late if the job is stopped just before it waits.
 */
const job = `/usr/bin/python3 -c 'from signal import *; pthread_sigmask(SIG_BLOCK, {SIGCONT}); signal(SIGINT, SIG_DFL); print("r" "unning", flush=True); sigwait({SIGCONT}); print("c" "ontinued", flush=True); pause()'`;

/** Types a line at the shell's prompt and waits for its answer. */
const command = (line: string, answer: string): TerminalStep[] => [
  ['expect', shellPrompt],
  ['send', `${line}\n`],
  ['expect', answer],
];

/** What a person at a terminal may expect of a bottle, whichever backend holds it. */
export function converseOnATerminal(bench: Bench): void {
  const converse = (command: readonly string[], steps: readonly TerminalStep[]) =>
    drive(bench.playground.commandLine(command), steps, {
      ...bench.operator,
      environment: bench.playground.environment,
    });

  it('a shell has job control, sees resizes and passes its exit code on', async () => {
    const { code, output, modesRestored, failure } = await converse(
      ['bash', '--norc', '-i'],
      [
        // Engines before 23 set the first size a moment after the start.
        ...command('until [ "$(stty size)" = "24 80" ]; do sleep 0.05; done; stty size', '[^"]24 80'),
        // The program says that it runs; what is typed before that would be the shell's.
        ...command(job, 'running'),
        ['send', '\x1a'],
        ['expect', 'Stopped'],
        ...command('echo "jobs=$(jobs | wc -l)"', 'jobs=1'),
        // bash names the job before it hands it the terminal; the job itself says when it has it.
        ...command('fg', 'continued'),
        ['send', '\x03'],
        ...command('echo "code=$?"', 'code=130'),
        ...command('echo awai""ting; until [ "$(stty size)" = "50 132" ]; do sleep 0.05; done', 'awaiting'),
        // Not while the shell makes its prompt: readline writes the size back that it has read a moment before.
        ['resize', 50, 132],
        ['expect', shellPrompt],
        ['send', 'exit 7\n'],
      ],
    );
    expect({ code, failure, modesRestored }, output).toEqual({ code: 7, failure: null, modesRestored: true });
    expect(output).not.toMatch(/no job control|cannot set terminal process group/);
  });

  it('Ctrl-C reaches a program that is no shell, and only it', async () => {
    // In short sleeps: a signal that comes right before one begins is heard of after it.
    const script =
      'import time\ntry:\n  print("waiting", flush=True)\n  while True: time.sleep(0.05)\nexcept KeyboardInterrupt:\n  print("interrupted"); raise SystemExit(4)';
    const { code, output } = await converse(
      ['/usr/bin/python3', '-c', script],
      [
        ['expect', 'waiting'],
        ['send', '\x03'],
        ['expect', 'interrupted'],
      ],
    );
    expect(code, output).toBe(4);
  });

  it('keystrokes pushed into a terminal don’t reach the operator’s shell', async () => {
    const attack = ['/usr/bin/python3', 'attacks/keystrokes.py'];
    const { code, output, pending, terminal } = await converse(attack, []);
    expect({ code, pending }).toEqual({ code: 0, pending: '' });
    expect(output).toContain('outcomes:');
    // Nor does it hold that terminal at all; in a container its own may have the same number.
    if (!bench.walls.terminalsAreNumberedAnew)
      expect(output.match(/terminals: \[(.*)\]/)?.[1]?.split(', ')).not.toContain(String(terminal));
  });

  it('the attack works without a bottle, where the kernel allows it', async () => {
    const { pending, output } = await drive(
      ['/usr/bin/python3', `${bench.playground.workspace}/attacks/keystrokes.py`, 'own'],
      [],
      { ...bench.operator, environment: bench.playground.environment },
    );
    // Some kernels refuse it to everyone (dev.tty.legacy_tiocsti=0).
    expect(pending.includes('pushed-keystrokes')).toBe(output.includes("'pushed'"));
  });

  it('with one stream elsewhere the agent gets no terminal at all', async () => {
    const [node, ...args] = bench.playground.commandLine([
      'sh',
      '-c',
      'test -t 0 || test -t 1 || test -t 2 || echo none; cat /dev/tty; python3 attacks/keystrokes.py',
    ]);
    const { pending, output } = await drive(['/bin/sh', '-c', '"$0" "$@" | cat', node, ...args], [], {
      ...bench.operator,
      environment: bench.playground.environment,
    });
    expect(pending).toBe('');
    expect(output).toContain('none');
    expect(output).toContain('outcomes: [');
    expect(output).not.toContain("'pushed'");
  });
}
