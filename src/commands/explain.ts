import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, CommandContext } from '../console/command.js';
import { formatExplanation } from '../console/print-explanation.js';
import { BottleError, exitCodes, messageOf } from '../contract/errors.js';
import { printableJson } from '../contract/printable.js';
import type { Route } from '../contract/route.js';
import { loadAgent } from '../host/manifest-files.js';
import { parseRequest } from '../host/parse-request.js';
import { asciiForm } from '../policy/host.js';
import { explainRequest } from '../policy/outbound/explain-request.js';
import { knownSecretsOf } from '../policy/outbound/known-secrets.js';
import { compileRoutes } from '../policy/routes.js';
import type { KnownSecret } from '../policy/scan/detector.js';

interface ExplainOptions {
  readonly agent: string;
  readonly header: readonly string[];
  readonly bodyFile?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  bot-bottle explain GET https://api.example.com/v1/items --agent reader
  bot-bottle explain POST https://api.example.com/v1/items --agent reader --body-file body.json

Nothing is sent: this asks the very decision that the sidecar makes, and prints each rule's and each detector's answer.
It is that for a bottle's first request: parts of a secret that left before, and what was approved before, are not known.
Neither is what the look-up of the host or the upstream would say.
Secrets of the bottle are looked for as far as their variables are set here.
Exit code 0 when the request would be let out as it is, 1 when it would be refused, held or redacted.
`;

const command: Command = {
  name: 'explain',
  order: 4,
  summary: 'say what would become of a request, rule by rule, without sending it',
  configure(parser, context) {
    parser
      .argument('<method>', 'GET, POST, ...')
      .argument('<url>', 'https://HOST/PATH, as the agent would write it')
      .requiredOption('--agent <name>', "an agent's name")
      .option('--header <line>', "a header, 'Name: value'; may be given again", collect, [])
      .option('--body-file <file>', 'what would be sent as the body')
      .option('--json', 'print JSON')
      .addHelpText('after', examples)
      .action((method: string, url: string, options: ExplainOptions) => run(method, url, options, context));
  },
};

async function run(
  method: string,
  url: string,
  options: ExplainOptions,
  context: CommandContext,
): Promise<void> {
  const { environment, workingDirectory } = context;
  const { bottle } = loadAgent(options.agent, { environment, workspace: workingDirectory });
  const routes = bottle.routes.map((route) => ({ ...route, certificateAuthority: null }));
  const body = options.bodyFile === undefined ? null : readBody(options.bodyFile, workingDirectory);
  const { scheme, authority, target } = partsOf(url);
  const head = headText({ method, scheme, authority, target, headerLines: options.header, body });
  const explained = await explainRequest(
    compileRoutes(routes, bottle.unknownHost),
    { scheme, authority, parsed: await parseRequest(Buffer.from(head)), body },
    knownHere(routes, environment),
  );
  context.print(options.json ? `${printableJson(explained, null, 2)}\n` : formatExplanation(explained));
  if (explained.outcome !== 'let-out') context.end(exitCodes.findings);
}

/** The values of the routes' secrets, as far as they are set here: nothing of them is printed. */
function knownHere(
  routes: readonly Route[],
  environment: CommandContext['environment'],
): readonly KnownSecret[] {
  const names = routes.flatMap(({ auth, headers }) => [
    ...(auth ? [auth.secret] : []),
    ...headers.flatMap((header) => ('secret' in header ? [header.secret] : [])),
  ]);
  const set = names.map((name) => [name, environment[name] ?? ''] as const).filter(([, value]) => value);
  return knownSecretsOf(Object.fromEntries(set), routes);
}

function readBody(file: string, workingDirectory: string): Buffer {
  try {
    return readFileSync(resolve(workingDirectory, file));
  } catch (thrown) {
    throw usage(`can't read ${file}: ${messageOf(thrown)}`, 'name a file that can be read');
  }
}

interface UrlParts {
  readonly scheme: 'https' | 'http';
  readonly authority: string;
  readonly target: string;
}

/** Taken apart by hand: a URL parser would resolve `..` and encodings before the decision sees them. */
function partsOf(url: string): UrlParts {
  const parts = /^(https?):\/\/([^/?#]*)([^#]*)/i.exec(url);
  if (!parts) throw usage(`'${url}' is not a URL`, 'write https://HOST/PATH');
  const [, scheme = '', authority = '', rest = ''] = parts;
  // As every client sends a name in Unicode.
  const [, name = '', port = ''] = /^(.*?)(:[^:]*)?$/s.exec(authority) ?? [];
  return {
    scheme: scheme.toLowerCase() === 'http' ? 'http' : 'https',
    authority: asciiForm(name) + port,
    target: rest.startsWith('/') ? rest : `/${rest}`,
  };
}

interface Sent extends UrlParts {
  readonly method: string;
  readonly headerLines: readonly string[];
  readonly body: Buffer | null;
}

/** What a client puts on the wire before the body: through a tunnel the path alone, to a proxy the whole URL. */
function headText({ method, scheme, authority, target, headerLines, body }: Sent): string {
  const headers = headerLines.map(headerOf);
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  const size = body?.length ?? 0;
  if (length !== undefined && /^\d+$/.test(length) && Number(length) !== size)
    throw usage(`Content-Length says ${length}, the body has ${size} bytes`, 'leave that header out');
  const framed = body === null || has('content-length') || has('transfer-encoding');
  const lines = [
    `${method} ${scheme === 'https' ? target : `http://${authority}${target}`} HTTP/1.1`,
    ...(has('host') ? [] : [`Host: ${authority}`]),
    ...headerLines,
    ...(framed ? [] : [`Content-Length: ${size}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon <= 0) throw usage(`'${line}' is not a header`, "write 'Name: value'");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function usage(message: string, hint: string): BottleError {
  return new BottleError({ code: 'usage', message, hint });
}

function collect(line: string, before: readonly string[]): readonly string[] {
  return [...before, line];
}

export default command;
