import { randomBytes } from 'node:crypto';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { ResolvedAgent } from '../manifest/resolved.js';
import type { HostFacts } from '../plan/make-plan.js';
import { readCertificates } from './certificates.js';
import { findDockerfile } from './dockerfile.js';
import { findWorkspace } from './workspace.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface FactsRequest {
  readonly agent: ResolvedAgent;
  readonly backend: string;
  readonly workspace: string;
  readonly workspaceMode: 'mount' | 'copy';
  readonly environment: Environment;
}

/** Seconds that a held request waits for the operator before it is refused. */
const holdVariable = 'EGRESS_TOKEN_ALLOW_TIMEOUT_SECONDS';
const localeVariables = /^(TERM|COLORTERM|LANG|LANGUAGE|LC_[A-Z]+|TZ)$/;

/** Looks up all that a plan needs of this machine. */
export function gatherFacts({
  agent,
  backend,
  workspace,
  workspaceMode,
  environment,
}: FactsRequest): HostFacts {
  const extra = environment['BOT_BOTTLE_EXTRA_CA'];
  const folder = findWorkspace(workspace, environment);
  const { dockerfile } = agent.bottle;
  const caFiles = agent.bottle.routes.flatMap(({ caFile, where }) =>
    caFile === null ? [] : [{ caFile, where }],
  );
  return {
    suffix: randomBytes(2).toString('hex'),
    backend,
    workspace: folder,
    dockerfile: dockerfile && findDockerfile(dockerfile, workspaceMode === 'mount' ? folder : null),
    locale: localeOf(environment),
    certificates: Object.fromEntries(
      caFiles.map(({ caFile, where }) => [caFile, readCertificates(caFile, where)]),
    ),
    extraCertificateAuthorities: extra ? [readCertificates(resolve(extra), 'BOT_BOTTLE_EXTRA_CA')] : [],
    holdTimeout: holdTimeoutOf(environment),
    nameServers: nameServersOf(environment),
  };
}

/** A day is longer than anybody waits. Seconds. */
const longestHold = 86_400;
const defaultHold = 300;

function holdTimeoutOf(environment: Environment): number {
  const given = environment[holdVariable];
  if (!given) return defaultHold * 1000;
  const seconds = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (seconds >= 1 && seconds <= longestHold) return seconds * 1000;
  throw new BottleError({
    code: 'usage',
    message: `${holdVariable} is not a number of seconds from 1 to ${longestHold}`,
    where: holdVariable,
    hint: `unset it: a held request then waits ${defaultHold} s`,
  });
}

function nameServersOf(environment: Environment): readonly string[] {
  const name = 'BOT_BOTTLE_NAME_SERVERS';
  const given = (environment[name] ?? '').split(/[\s,]+/).filter(Boolean);
  const wrong = given.find((server) => !isNameServer(server));
  if (wrong === undefined) return given;
  throw new BottleError({
    code: 'usage',
    message: `${name} names ${wrong}, which is no address`,
    where: name,
    hint: 'addresses, parted by commas: 192.0.2.1, 192.0.2.1:5353, 2001:db8::1, [2001:db8::1]:5353',
  });
}

/** What `dns.setServers` takes (RFC 5952, section 6, for those with a port). */
function isNameServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const parts = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text);
  const [, six = '', four = '', port = '53'] = parts ?? [];
  return (isIPv6(six) || isIPv4(four)) && Number(port) >= 1 && Number(port) <= 65_535;
}

function localeOf(environment: Environment): Record<string, string> {
  const locale: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && localeVariables.test(name)) locale[name] = value;
  }
  return locale;
}
