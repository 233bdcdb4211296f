// Plays the operator of a bottle for the rigs that hold requests: hears of proposals and answers them on the control channel.
import { createInterface } from 'node:readline';

/** Milliseconds that all proposals may take to come. */
const limit = 10_000;

/** What an operator says to a started sidecar. Its messages are read from now on. */
export function hireOperator({ stdin, stdout }) {
  const proposals = [];
  let wake = () => {};
  const lines = createInterface({ input: stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.type === 'proposal') proposals.push(message.proposal);
    wake();
  });
  return {
    /** The next `count` proposals, when they have come. */
    async proposals(count) {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        wake();
      }, limit);
      while (proposals.length < count && !late) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      clearTimeout(timer);
      if (late) throw new Error(`${proposals.length} of ${count} requests were held`);
      return proposals.splice(0, count);
    },
    approve({ id }) {
      stdin.write(
        `${JSON.stringify({ type: 'decision', proposal: id, decision: 'approve-once', note: null })}\n`,
      );
    },
    leave() {
      lines.close();
      stdout.resume();
    },
  };
}
