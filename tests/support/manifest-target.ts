import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { BottleError } from '../../src/contract/errors.js';
import { diagnosticCodes } from '../../src/manifest/diagnostic.js';
import { resolveAgent, resolveBottle, validateAll } from '../../src/manifest/resolve.js';
import type { ResolvedBottle, ResolvedRoute } from '../../src/manifest/resolved.js';
import type { ManifestFile, ManifestFiles } from '../../src/manifest/source.js';
import type { FuzzTarget, Random } from './fuzzing.js';
import { makeManifests } from './manifest-generator.js';

const prototypeKeys = Reflect.ownKeys(Object.prototype).length;

/** Only BottleErrors and diagnostics ever; nothing polluted; what is accepted means the same when written anew. */
const manifestTarget: FuzzTarget<ManifestFiles> = {
  summary: 'the manifest loader: any text as bottle or agent, alone and composed',
  makeCase: (random: Random) => makeManifests(random),
  check(manifests) {
    for (const { code, message, frame, position } of validateAll(manifests)) {
      assert(diagnosticCodes.includes(code));
      // A terminal would obey these.
      assert.doesNotMatch(`${message}${frame.replaceAll('\n', '')}`, /[\p{Cc}\p{Cf}]/u);
      assert(position === null || (position.line >= 1 && position.column >= 1));
    }
    for (const file of manifests.files) checkFile(file, manifests);
    assert.equal(Reflect.ownKeys(Object.prototype).length, prototypeKeys);
  },
  show: ({ files }) => files.map(({ shown, text }) => `${shown}: ${JSON.stringify(text)}`).join('\n'),
};

function checkFile({ kind, name }: ManifestFile, manifests: ManifestFiles): void {
  let bottle: ResolvedBottle;
  try {
    bottle = kind === 'agent' ? resolveAgent(name, manifests).bottle : resolveBottle(name, manifests);
  } catch (thrown) {
    if (thrown instanceof BottleError) return;
    throw thrown;
  }
  const again = resolveBottle('again', { files: [rewritten(bottle)], userHome: manifests.userHome });
  assert.deepEqual(meaningOf(again), meaningOf(bottle));
}

/** A resolved bottle without its name and the places where it was written. */
function meaningOf({ provider, env, gitUser, routes }: ResolvedBottle) {
  return { provider, env, gitUser, routes: routes.map(({ where: _, ...route }) => route) };
}

/** One file that says what a composed bottle means. */
function rewritten({ provider, env, gitUser, routes }: ResolvedBottle): ManifestFile {
  const data = {
    agent_provider: { template: provider },
    env,
    ...(gitUser && { git: { user: gitUser } }),
    egress: { routes: routes.map(writtenRoute) },
  };
  const text = `---\n${stringify(data, { lineWidth: 80 })}---\n`;
  return { kind: 'bottle', origin: 'home', name: 'again', path: '/again.md', shown: 'again.md', text };
}

function writtenRoute(route: ResolvedRoute) {
  const { host, scheme, matches, auth, headers, connectTo, caFile } = route;
  const dialled = connectTo?.host.includes(':') ? `[${connectTo.host}]` : connectTo?.host;
  return {
    host,
    scheme,
    ...(matches && { matches }),
    ...(auth && { auth: { scheme: auth.scheme, token_ref: auth.secret } }),
    headers: headers.map((header) =>
      'secret' in header ? { name: header.name, value_ref: header.secret } : header,
    ),
    git: { fetch: route.gitFetch },
    doh: route.doh,
    dlp: {
      outbound_detectors: route.dlp.outbound ?? true,
      inbound_detectors: route.dlp.inbound ?? true,
      outbound_on_match: route.dlp.outboundOnMatch,
      inbound_on_match: route.dlp.inboundOnMatch,
    },
    private: route.private,
    ...(connectTo && { connect_to: `${dialled}:${connectTo.port}` }),
    ...(caFile && { ca_file: caFile }),
  };
}

export default manifestTarget;
