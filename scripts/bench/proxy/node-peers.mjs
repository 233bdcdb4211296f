// Starts a peer that is a Node package, in a process of its own, for the rigs that measure one.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLine, startProgram } from '../shared/processes.mjs';

const mains = join(dirname(fileURLToPath(import.meta.url)), 'peers');

function writeAuthority(folder, upstream) {
  const path = join(folder, 'upstream.pem');
  writeFileSync(path, upstream.certificate);
  return path;
}

/** `main` names a file in peers/: it reads one JSON line and writes one, `{port, certificate}`. */
export async function startNodePeer({ upstream, folder }, main, options) {
  const program = startProgram(process.execPath, [join(mains, `${main}.mjs`)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: writeAuthority(folder, upstream) },
  });
  program.child.stdin.write(`${JSON.stringify({ folder, ...options })}\n`);
  const { port, certificate } = await firstLine(program);
  return {
    connect: { proxyPort: port, authorityPort: upstream.port, certificate },
    pids: [program.child.pid],
    stop: program.stop,
  };
}
