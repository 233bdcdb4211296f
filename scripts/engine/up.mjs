// Sets up and starts a private Docker engine for the tests on a Debian machine, as root; prints DOCKER_HOST=... last.
// Runs again in seconds: what stands is kept. `node scripts/engine/down.mjs` stops it.
import { mkdirSync, readFileSync } from 'node:fs';
import { answers, runningPid, startDaemon } from './daemon.mjs';
import { installGvisor, runtimeArguments } from './gvisor.mjs';
import { installPackages } from './packages.mjs';
import { dockerHost, places } from './places.mjs';
import { importImages, makeRootFileSystems } from './root-file-systems.mjs';
import { timed } from './tools.mjs';

if (process.getuid?.() !== 0) {
  console.error('engine: needs root: sudo node scripts/engine/up.mjs');
  process.exit(1);
}

function debianMirror() {
  for (const file of ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']) {
    try {
      const found = readFileSync(file, 'utf8').match(
        /^(?:URIs:|deb(?: \[[^\]]*\])?)\s+(https?:\S*\/debian)\/?(?=\s|$)/m,
      );
      if (found) return found[1];
    } catch {}
  }
  return 'http://deb.debian.org/debian';
}

await timed('ready', async () => {
  mkdirSync(places.downloads, { recursive: true });
  const mirror = debianMirror();
  await timed('packages', installPackages);
  const runsc = await timed('gVisor', () => installGvisor(mirror));
  if (runningPid() === null || !(await answers()))
    await timed('dockerd', () => startDaemon(runsc, runtimeArguments));
  await importImages(await makeRootFileSystems(mirror));
});
console.log(`DOCKER_HOST=${dockerHost}`);
