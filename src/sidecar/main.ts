import { chmodSync } from 'node:fs';
import type { Server } from 'node:http';
import { messageOf } from '../contract/errors.js';
import { parseDecision } from '../contract/proposal.js';
import type { ListenAddress, SidecarConfiguration } from '../contract/sidecar.js';
import { leaveStreamsAlone } from '../contract/standard-streams.js';
import { compileRoutes, type RouteTable } from '../policy/routes.js';
import { createCertificateAuthority } from './certificates.js';
import { ConfigurationError, parseConfiguration } from './configuration.js';
import { openInput } from './configuration-input.js';
import { createDialler } from './dial.js';
import { endWithLastWords } from './ending.js';
import { lazyForwarding } from './forwarding.js';
import { collectBuffers } from './garbage.js';
import { createGate } from './gate.js';
import { createHolds } from './holds.js';
import { lazyInspection } from './inspection/inspection.js';
import { createMessageWriter, openStandardOutput } from './messages.js';
import { startNameServer } from './name-server.js';
import { createProxyServers, limitTogether } from './server.js';
import { listenTransparent } from './transparent.js';
import { createUpstreams, loadPool } from './upstreams.js';

leaveStreamsAlone([2]);
const messages = createMessageWriter(openStandardOutput());

/** Before there is anything to end. */
function exit(): void {
  process.exit(0);
}

/** Says why in one line and ends. An error's own message may quote what was being read, so only its kind is told. */
function fail(error: unknown): void {
  messages.send({ type: 'fatal', message: describe(error) });
  messages.flush(1000).finally(() => process.exit(1));
}

function describe(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if (!(error instanceof Error)) return 'internal error';
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  const frame = /^\s+at [^\n]{0,200}/m.exec(error.stack ?? '')?.[0].trim() ?? '';
  return `internal error: ${error.name} ${code} ${frame}`.trim();
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const onListening = () => {
      server.off('error', reject);
      resolve();
    };
    if ('socketPath' in address) {
      server.listen(address.socketPath, () => {
        chmodSync(address.socketPath, 0o600);
        onListening();
      });
    } else {
      server.listen(address.port, address.host, onListening);
    }
  });
}

function compiledRoutes({ routes, unknownHost }: SidecarConfiguration): RouteTable {
  try {
    return compileRoutes(routes, unknownHost);
  } catch (error) {
    throw new ConfigurationError(messageOf(error));
  }
}

/** Milliseconds after which the rest is loaded, if no request has asked for it before. */
const warmUpDelay = 120;

async function run(): Promise<void> {
  // The socket is private from its first moment on.
  process.umask(0o177);
  const input = openInput(process.stdin);
  const [line, authority] = await Promise.all([input.configuration, createCertificateAuthority()]);
  const configuration = parseConfiguration(line);
  const dialler = createDialler(configuration.extraCertificateAuthorities, configuration.nameServers);
  const table = compiledRoutes(configuration);
  const { bottle, holdTimeout } = configuration;
  const holds = createHolds({ bottle, timeout: holdTimeout, send: messages.send });
  // An operator who hears of nothing can't be waited for.
  messages.onBroken(holds.close);
  input.onControl((text) => {
    const decision = parseDecision(text);
    if (decision) holds.decide(decision);
  });
  const gate = createGate(configuration, table, {
    holds,
    authority,
    inspection: lazyInspection(configuration),
    forwarding: lazyForwarding(),
    upstreams: createUpstreams(dialler.dial),
    messages,
  });
  const { outer, inner } = createProxyServers(gate);
  const { transparent, resolver } = configuration;
  const [, direct] = await Promise.all([
    listen(outer, configuration.listen),
    transparent && listenTransparent(gate, inner, transparent),
    resolver && startNameServer(table, resolver),
  ]);
  const closeConnections = limitTogether([outer, ...(direct ?? [])]);
  const address = outer.address();
  const port = typeof address === 'object' && address !== null ? { port: address.port } : {};
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    endWithLastWords({ gate, messages, closeConnections }).finally(exit);
  };
  process.off('SIGTERM', exit).once('SIGTERM', end);
  // The parent's end is ours, however it came, and also when it came while we were busy.
  input.onEnd(end);
  messages.send({ type: 'ready', certificate: authority.certificate, ...port });
  // What the first request would wait for; a little later, because the proof of the walls waits for an answer of ours first.
  setTimeout(() => {
    loadPool().then(gate.forwarding.load).then(gate.inspection.load).catch(fail);
    dialler.warm();
    collectBuffers();
  }, warmUpDelay).unref();
}

// Nothing half alive: a fault that reaches this far ends the process, and with it every way out.
process.once('uncaughtException', fail).once('unhandledRejection', fail);
process.once('SIGTERM', exit);
run().catch(fail);
