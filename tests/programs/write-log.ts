// Writes entries to a log without end, and says after each commit how many are in: write-log FILE BOTTLE
import { createRecorder } from '../../src/host/store/recorder.js';

const [file = '', bottle = ''] = process.argv.slice(2);
const recorder = createRecorder({
  file,
  bottle,
  retention: { age: Number.MAX_SAFE_INTEGER, size: Number.MAX_SAFE_INTEGER },
  tell: (text) => process.stderr.write(text),
});
recorder.begin({ time: 0, kind: 'bottle-started', verdict: null, body: '{}' });
for (let count = 1; ; count += 1) {
  recorder.record({
    time: count,
    kind: 'request',
    verdict: 'allowed',
    body: JSON.stringify({ request: count }),
  });
  if (
    count % 10 === 0 &&
    (await recorder.commit({ time: count, kind: 'decision', verdict: 'deny', body: '{}' }))
  ) {
    process.stdout.write(`${count}\n`);
  }
}
