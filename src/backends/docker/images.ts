import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BottleError } from '../../contract/errors.js';
import { compilingConfiguration, sidecarRuntime } from '../../contract/sidecar-runtime.js';
import type { BottlePlan } from '../../plan/plan.js';
import type { BackendServices } from '../../plan/ports.js';
import { type ArchiveFile, archive, digestOf, readFolder } from './build-context.js';
import { ifThere } from './engine.js';
import { labels } from './names.js';

interface ImagesAsked {
  readonly docker: Docker;
  readonly services: BackendServices;
  readonly plan: BottlePlan;
}

export interface ImageRequest {
  readonly docker: Docker;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called with each step of a build as it begins. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Recipe {
  readonly name: string;
  readonly dockerfile: string;
  readonly files: readonly ArchiveFile[];
}

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
/** Lines of a failed build's log that an error shows. */
const shownLines = 30;
/** Characters. */
const longestLine = 1000;

/** An image, by its recipe, and whether the engine has it. */
interface Looked {
  readonly recipe: Recipe;
  readonly tag: string;
  readonly isThere: boolean;
}

export interface LookedImages {
  readonly sidecar: Looked;
  readonly agent: Looked;
}

/** Asks the engine for the images of a bottle; an image whose recipe is unchanged is never built again. */
export async function lookForImages({ docker, services, plan }: ImagesAsked): Promise<LookedImages> {
  const certificates = certificateFiles(plan.extraCertificateAuthorities);
  const lookFor = async (read: Promise<Recipe>): Promise<Looked> => {
    const { files, ...recipe } = await read;
    const context = [...files, ...certificates];
    const tag = `bot-bottle/${recipe.name}:${digestOf(context, [recipe.dockerfile])}`;
    const isThere = Boolean(await ifThere(docker.getImage(tag).inspect()));
    return { recipe: { ...recipe, files: context }, tag, isThere };
  };
  const [sidecar, agent] = await Promise.all([
    lookFor(sidecarRecipe(services)),
    lookFor(agentRecipe(services, plan)),
  ]);
  return { sidecar, agent };
}

/** Builds what is missing, and answers the tags. */
export async function ensureImages(
  request: ImageRequest,
  { sidecar, agent }: LookedImages,
): Promise<{ agent: string; sidecar: string }> {
  // One after the other: their steps are told apart, and they share their first layers.
  for (const { recipe, tag, isThere } of [sidecar, agent]) if (!isThere) await build(request, tag, recipe);
  return { sidecar: sidecar.tag, agent: agent.tag };
}

function certificateFiles(certificates: readonly string[]): ArchiveFile[] {
  return certificates.map((content, index) => ({ path: `certificates/bot-bottle-${index}.crt`, content }));
}

async function sidecarRecipe({ bundles }: BackendServices): Promise<Recipe> {
  const dist = dirname(bundles.sidecar);
  const programs = [basename(bundles.sidecar), 'container-walls.cjs'];
  const files = await Promise.all(
    programs.map(async (name) => ({ path: `programs/${name}`, content: await readFile(join(dist, name)) })),
  );
  files.push(
    { path: 'programs/sidecar-flags', content: Buffer.from(sidecarRuntime.flags.join(' ')) },
    {
      path: 'programs/sidecar-configuration',
      content: Buffer.from(`${JSON.stringify(compilingConfiguration)}\n`),
    },
  );
  return { name: 'sidecar', dockerfile: await shippedDockerfile(bundles, 'sidecar'), files };
}

async function agentRecipe({ bundles }: BackendServices, plan: BottlePlan): Promise<Recipe> {
  const own = plan.container?.dockerfile;
  if (!own)
    return { name: plan.provider, dockerfile: await shippedDockerfile(bundles, plan.provider), files: [] };
  const files = await readFolder(dirname(own));
  const dockerfile = files.find(({ path }) => path === basename(own));
  if (dockerfile) return { name: 'own', dockerfile: dockerfile.content.toString(), files };
  throw new BottleError({
    code: 'manifest',
    message: "the bottle's Dockerfile is not a plain file",
    where: own,
  });
}

async function shippedDockerfile({ sidecar }: BackendServices['bundles'], name: string): Promise<string> {
  const folder = join(dirname(dirname(sidecar)), 'dockerfiles');
  const file = `Dockerfile.${name}`;
  if ((await readdir(folder)).includes(file)) return readFile(join(folder, file), 'utf8');
  throw new BottleError({
    code: 'start-failed',
    message: `there is no image for the provider ${name}`,
    where: folder,
  });
}

async function build(
  { docker, environment, onProgress, signal }: ImageRequest,
  tag: string,
  { dockerfile, files }: Recipe,
): Promise<void> {
  signal.throwIfAborted();
  onProgress(`building ${tag}`);
  const dockerfileName = '.bot-bottle.Dockerfile';
  const tar = await archive(
    [...files, { path: dockerfileName, content: dockerfile }],
    ['certificates', 'programs'],
  );
  const stream = await docker.buildImage(Readable.from([tar]) as NodeJS.ReadableStream, {
    t: tag,
    dockerfile: dockerfileName,
    forcerm: true,
    labels: { [labels.image]: tag },
    buildargs: Object.fromEntries(
      proxyVariables.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
    ),
    abortSignal: signal,
  });
  await follow(stream, tag, onProgress);
}

interface BuildMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/** Passes a build's steps on, keeps the end of its log, and shows that where it failed. */
async function follow(
  stream: NodeJS.ReadableStream,
  tag: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const log: string[] = [];
  const note = (line: string) => {
    const written = plainLine(line);
    if (written === '') return;
    if (/^Step \d+\/\d+ : /.test(written)) onProgress(`  ${written}`);
    log.push(`  ${written}`);
    if (log.length > shownLines) log.shift();
  };
  // The engine passes on what a step writes in pieces of its own.
  let unfinished = '';
  for await (const line of createInterface({ input: stream })) {
    const { stream: text = '', error } = JSON.parse(line) as BuildMessage;
    const lines = `${unfinished}${text}`.split('\n');
    unfinished = (lines.pop() ?? '').slice(-longestLine);
    for (const whole of lines) note(whole);
    if (error === undefined) continue;
    note(unfinished);
    throw buildFailed(tag, error, log);
  }
}

/** Without the colours, and whatever else would steer the operator's terminal, that programs of a build print. */
function plainLine(line: string): string {
  const withoutColours = line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
  return withoutColours
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .trimEnd()
    .slice(0, longestLine);
}

function buildFailed(tag: string, reason: string, log: readonly string[]): BottleError {
  return new BottleError({
    code: 'start-failed',
    message: `the image ${tag} could not be built: ${reason.trim()}`,
    frame: log.join('\n'),
    hint: "behind a company's TLS proxy set BOT_BOTTLE_EXTRA_CA to its certificate; HTTP_PROXY and HTTPS_PROXY are passed on",
  });
}
