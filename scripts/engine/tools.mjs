// Small things that every part of the set-up needs.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { places } from './places.mjs';

/** Runs to the end, quietly; what the program said is shown when it fails. */
export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')} failed: ${error ?? `${stdout}${stderr}`.trim().slice(-4000)}`,
  );
}

export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

export async function timed(name, work) {
  const started = performance.now();
  const result = await work();
  console.error(`engine: ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** One call of the engine's HTTP API; answers the status and the body's text. */
export function callEngine(method, path, { body, contentType } = {}) {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: places.socket,
        method,
        path,
        headers: contentType ? { 'content-type': contentType } : {},
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    call.on('error', reject);
    if (body) body.pipe(call);
    else call.end();
  });
}

/** Processes whose command line holds the text, by /proc: this set-up's own, found again after a crash. */
export function processesWith(text) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
