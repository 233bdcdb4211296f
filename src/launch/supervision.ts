import { messageOf } from '../contract/errors.js';
import { printable } from '../contract/printable.js';
import type { SidecarMessage } from '../contract/sidecar.js';
import { channelFolder } from '../host/operator/channel.js';
import { serveChannel } from '../host/operator/channel-server.js';
import { createDesk } from '../host/operator/desk.js';
import type { SidecarListener } from '../host/sidecar-session.js';
import { logFile } from '../host/store/database.js';
import { retentionOf } from '../host/store/prune.js';
import { createRecorder } from '../host/store/recorder.js';
import type { BottlePlan } from '../plan/plan.js';

/** What a start process does beside its bottle: it keeps the log and stands between the sidecar and the operator. */
export interface Supervision extends AsyncDisposable {
  readonly listener: SidecarListener;
  /** Opens the log and the operator's way in; not before the agent runs, which waits for neither. */
  readonly begin: () => Promise<void>;
  /** Passes the agent's end on, and tells of a sidecar that ends before. */
  readonly follow: (exit: Promise<number>) => Promise<number>;
}

export function openSupervision(
  plan: BottlePlan,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (text: string) => void,
): Supervision {
  const recorder = createRecorder({
    file: logFile(environment),
    bottle: plan.id,
    retention: retentionOf(environment),
    tell,
  });
  const desk = createDesk(recorder);
  const { agent, backend, workspace, routes, unknownHost } = plan;
  const started = Date.now();
  let channel: AsyncDisposable | null = null;
  let exitCode: number | null = null;
  let running = false;
  let sidecarGone = false;
  /** What the sidecar said of its end. */
  let reason: string | null = null;

  function onMessage(message: SidecarMessage): void {
    if (message.type === 'event') {
      const { event } = message;
      recorder.record({
        time: event.time,
        kind: 'request',
        verdict: event.verdict,
        body: JSON.stringify(event),
      });
    } else if (message.type === 'dropped') {
      const body = JSON.stringify({ count: message.count });
      recorder.record({ time: Date.now(), kind: 'events-lost', verdict: null, body });
    } else if (message.type === 'proposal') desk.onProposal(message.proposal);
    else if (message.type === 'proposal-ended') desk.onEnd(message.end);
    else if (message.type === 'fatal') reason = message.message;
  }

  function onClose(): void {
    sidecarGone = true;
    desk.close();
    if (running) tellOfSidecar();
  }

  /** The agent isn't ended with it: it may have work to save, and nothing gets out of the bottle any more. */
  function tellOfSidecar(): void {
    recorder.record({
      time: Date.now(),
      kind: 'sidecar-ended',
      verdict: null,
      body: JSON.stringify({ reason }),
    });
    const why = reason === null ? '' : ` (${printable(reason, 200)})`;
    tell(
      `bot-bottle: the sidecar ended${why}: the agent runs on, but nothing can leave the bottle any more\n`,
    );
  }

  return {
    listener: { onMessage, onOpen: desk.connect, onClose },
    async follow(exit) {
      running = true;
      if (sidecarGone) tellOfSidecar();
      try {
        exitCode = await exit;
        return exitCode;
      } finally {
        running = false;
      }
    },
    async begin() {
      const body = {
        agent,
        backend,
        workspace: workspace.source,
        hosts: routes.map(({ host }) => host),
        unknownHost,
      };
      recorder.begin({ time: started, kind: 'bottle-started', verdict: null, body: JSON.stringify(body) });
      try {
        const introduction = { bottle: plan.id, agent, backend, workspace: workspace.source, started };
        channel = await serveChannel(channelFolder(environment), introduction, desk);
      } catch (thrown) {
        tell(
          `bot-bottle: held requests can't be shown or answered, they will time out: ${messageOf(thrown)}\n`,
        );
      }
    },
    async [Symbol.asyncDispose]() {
      desk.close();
      await channel?.[Symbol.asyncDispose]();
      const body = JSON.stringify({ exitCode });
      recorder.record({ time: Date.now(), kind: 'bottle-ended', verdict: null, body });
      await recorder[Symbol.asyncDispose]();
    },
  };
}
