import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../support/bottles.js';
import { runOurs } from '../../support/command-line.js';
import { dockerSuite } from '../../support/docker-bottles.js';
import { findEngine, leftovers, type TestEngine } from '../../support/engine.js';
import { hasProgram, needs } from '../../support/needs.js';
import { drive } from '../../support/terminal.js';
import { openTerminal } from '../../support/tmux.js';
import { converseOnATerminal } from '../terminal/conversations.js';

const found = await findEngine();

needs('docker engine', found !== null, 'a Docker bottle on a terminal', () => {
  const engine = found as TestEngine;

  dockerSuite(found, 'runc', 'the member', (bench) => {
    converseOnATerminal(bench);

    it('exec -it is a terminal of its own, with job control and an exit code', async () => {
      const started = bench.playground.start(['sh', '-c', 'echo up; exec sleep 300']);
      await started.seen('up');
      const id = await onlyBottle();
      const [node, cli] = bench.playground.commandLine([]);
      const { code, output, failure, modesRestored } = await drive(
        [node, cli ?? '', 'exec', '-it', id, 'bash', '--norc', '-i'],
        [
          ['expect', 'bash-[^$]*\\$ '],
          [
            'send',
            'until [ "$(stty size)" = "24 80" ]; do sleep 0.05; done; echo si""zed; sh -c "printf r%s unning; exec sleep 100"\n',
          ],
          ['expect', 'sized\\s+running'],
          ['send', '\x03'],
          ['expect', 'bash-[^$]*\\$ '],
          ['send', 'echo "code=$?"; tty; id -u\n'],
          ['expect', `code=130\\s+/dev/pts/\\d+\\s+${bench.operator.uid}\\s`],
          ['expect', 'bash-[^$]*\\$ '],
          ['send', 'echo awai""ting; until [ "$(stty size)" = "50 132" ]; do sleep 0.05; done; exit 9\n'],
          ['expect', 'awaiting'],
          ['resize', 50, 132],
        ],
        { ...bench.operator, environment: bench.playground.environment },
      );
      expect({ code, failure, modesRestored }, output).toEqual({
        code: 9,
        failure: null,
        modesRestored: true,
      });
      started.process.kill('SIGTERM');
      expect((await started.finished).code).toBe(143);
    });

    const onlyBottle = async (): Promise<string> => {
      const bottles = JSON.parse((await runOurs(bench.playground, 'ps', '--json')).stdout);
      expect(bottles).toHaveLength(1);
      return bottles[0].id;
    };

    needs('tmux', hasProgram('tmux'), 'in a window', () => {
      /** A window in which the operator starts a bottle. */
      const open = (line: string) => {
        const { folder, environment, operator, owner } = bench.playground;
        const asOperator = (program: string, ...args: string[]) =>
          process.getuid?.() === 0
            ? ([
                'setpriv',
                `--reuid=${operator.uid}`,
                `--regid=${owner.gid}`,
                '--clear-groups',
                program,
                ...args,
              ] as const)
            : ([program, ...args] as const);
        const [node, ...args] = bench.playground.commandLine(['sh', '-c', line]);
        const command = [node, ...args].map((word) => `'${word}'`).join(' ');
        return openTerminal(
          join(folder, 'tmux'),
          asOperator,
          { ...environment },
          `trap : INT; ${command}; echo "ended with $?"; exec sleep 300`,
        );
      };

      it('the detach keys give the window back, and the bottle runs on until ^C', async () => {
        await using window = await open('echo up; exec sleep 300');
        await window.until((screen) => screen.includes('up'));
        await window.keys('C-p', 'C-q');
        await window.until((screen) => screen.includes('detached; the bottle runs on'));
        const id = await onlyBottle();
        expect(await runOurs(bench.playground, 'exec', id, 'echo', 'still here')).toMatchObject({
          code: 0,
          stdout: 'still here\n',
        });
        await window.keys('C-c');
        await window.until((screen) => /ended with \d+/.test(screen));
        expect(await leftovers(engine, [])).toEqual([]);
      });

      it('a window that is closed takes its bottle with it', async () => {
        const window = await open('echo up; exec sleep 300');
        await window.until((screen) => screen.includes('up'));
        const pid = await window.pid();
        expect(await leftovers(engine, [])).not.toEqual([]);
        await window[Symbol.asyncDispose]();
        await until('the command line has ended', () => !existsSync(`/proc/${pid}`));
        await until('the bottle is gone', async () => (await leftovers(engine, [])).length === 0);
      });
    });
  });
});
