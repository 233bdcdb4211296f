// Processes of the benchmark's own that are asked and answer, `{result}` or `{error}`, one question at a time.
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** It ends when this process does, or by `worker.disconnect()`. */
export function startWorker(main) {
  return fork(main, [], { serialization: 'advanced' });
}

/** What a worker says next. Rejects with its error, or when it ends without a word. */
export async function nextAnswer(worker) {
  const done = new AbortController();
  const answered = once(worker, 'message', done);
  const ended = once(worker, 'exit', done).then(([code, signal]) => {
    throw new Error(`a process of the benchmark ended (${code ?? signal})`);
  });
  // Whichever comes second is of no more interest.
  answered.catch(() => {});
  ended.catch(() => {});
  try {
    const [{ result, error }] = await Promise.race([answered, ended]);
    if (error !== undefined) throw new Error(error);
    return result;
  } finally {
    done.abort();
  }
}

export async function ask(worker, question) {
  if (!worker.connected) throw new Error('a process of the benchmark has ended');
  worker.send(question);
  return nextAnswer(worker);
}
