import type Docker from 'dockerode';
import { BottleError, messageOf } from '../../contract/errors.js';
import { attachTo, joinTerminal } from './attachment.js';
import type { ContainerFacts } from './containers.js';
import { nameOf } from './names.js';

export interface RunningAgent {
  readonly exit: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  /** Gives the terminal back, whatever the agent does. */
  detach(): void;
}

/** Starts the agent's command with this process's streams joined to it. */
export async function runAgent(docker: Docker, { plan, terminal }: ContainerFacts): Promise<RunningAgent> {
  const container = docker.getContainer(nameOf(plan.id, 'agent'));
  const stream = await attachTo(container);
  try {
    await container.start();
  } catch (thrown) {
    stream.destroy();
    throw new BottleError({
      code: 'start-failed',
      message: `the agent's container did not start: ${messageOf(thrown)}`,
      hint: 'the command must be in the image; another runtime can be chosen with --runtime',
      cause: thrown,
    });
  }
  // Asked for only now: a wait for its next end that reaches the engine after a short command's end would never be answered.
  const ended = container.wait({ condition: 'not-running' }) as Promise<{ StatusCode: number }>;
  const kill = (signal: NodeJS.Signals) => {
    // It may just have ended.
    container.kill({ signal }).catch(() => {});
  };
  const attachment = joinTerminal(stream, {
    terminal: terminal !== null,
    resize: (size) => container.resize(size),
    // What the kernel would tell a program that writes into a pipe without a reader.
    onReaderGone: () => kill('SIGPIPE'),
  });
  const exit = ended.then(async ({ StatusCode }) => {
    await attachment.drained;
    attachment.release();
    return StatusCode;
  });
  // It is awaited by whoever started it; until then a failure has nobody.
  exit.catch(() => {});
  if (terminal) attachment.drained.then(() => tellIfDetached(container, plan.id)).catch(() => {});
  return {
    exit,
    kill,
    detach: attachment.release,
  };
}

/** The stream ends with the agent, or because the operator pressed the detach keys. */
async function tellIfDetached(container: Docker.Container, bottle: string): Promise<void> {
  const { State } = await container.inspect();
  if (!State.Running) return;
  process.stderr.write(
    `\r\ndetached; the bottle runs on until ^C. A shell in it: bot-bottle exec -it ${bottle} bash\r\n`,
  );
}
