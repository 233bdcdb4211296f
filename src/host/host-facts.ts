import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BottleError } from '../contract/errors.js';
import type { ResolvedAgent } from '../manifest/resolved.js';
import type { HostFacts } from '../plan/make-plan.js';
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
    nameServers: (environment['BOT_BOTTLE_NAME_SERVERS'] ?? '').split(/[\s,]+/).filter(Boolean),
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

function localeOf(environment: Environment): Record<string, string> {
  const locale: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && localeVariables.test(name)) locale[name] = value;
  }
  return locale;
}

function readCertificates(path: string, where: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new BottleError({
      code: 'manifest',
      message: `the certificate file ${path} can't be read`,
      where,
      hint: 'it holds PEM certificates; mend the path',
      cause,
    });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new BottleError({
    code: 'manifest',
    message: `${path} holds no PEM certificate`,
    where,
    hint: 'openssl x509 -in FILE -out FILE.pem turns DER into PEM',
  });
}
