// Has a sidecar write down what V8 compiles of it until it has refused a first request. It runs with the very flags that a
// bottle's has, since V8 takes no code that was made under others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadModule, root } from './detection/load.mjs';

/** Once what the first request needs is loaded, that request is told of. */
export async function compileSidecar() {
  const { compilingConfiguration, sidecarRuntime } = await loadModule('src/contract/sidecar-runtime.ts');
  const main = join(root, 'scripts/write-compiled-sidecar.mjs');
  const child = spawn(process.execPath, [...sidecarRuntime.flags, main], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...sidecarRuntime.environment },
  });
  const exit = once(child, 'exit');
  child.stdin.write(`${JSON.stringify(compilingConfiguration)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, port } = JSON.parse(line);
    if (type === 'ready') ask(port);
    else child.stdin.end();
  }
  const [code] = await exit;
  if (code !== 0) throw new Error(`the sidecar could not be compiled: it ended with ${code}`);
}

function ask(port) {
  const socket = connect(port, '127.0.0.1');
  socket.end('GET http://refused.invalid/ HTTP/1.1\r\nhost: refused.invalid\r\nconnection: close\r\n\r\n');
  socket.resume();
}
