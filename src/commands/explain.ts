import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, CommandContext } from '../console/command.js';
import { type ExplainedOutcome, formatExplanation } from '../console/print-explanation.js';
import { BottleError, exitCodes, messageOf } from '../contract/errors.js';
import { loadAgent } from '../host/manifest-files.js';
import type { ResolvedRoute } from '../manifest/resolved.js';
import { parseAuthority } from '../policy/authority.js';
import { decide, explain, type Question } from '../policy/decide.js';
import { explainDetectors } from '../policy/outbound/explain-detectors.js';
import { compileRoutes } from '../policy/routes.js';
import type { KnownSecret } from '../policy/scan/detector.js';
import { loadDetectors } from '../policy/scan/detectors.js';

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
  const agent = loadAgent(options.agent, { environment, workspace: workingDirectory });
  const table = compileRoutes(agent.bottle.routes.map((route) => ({ ...route, certificateAuthority: null })));
  const question = questionOf(method, url, options.header);
  const verdict = decide(table, question);
  const way = verdict.allowed ? verdict.route : verdict.onApproval;
  const body = options.bodyFile === undefined ? null : readBody(options.bodyFile, workingDirectory);
  const outcome: ExplainedOutcome = {
    allowed: verdict.allowed,
    route: verdict.route?.route.host ?? null,
    rules: explain(table, question),
    detectors: way
      ? explainDetectors(
          await loadDetectors('outbound', null),
          { knownSecrets: knownHere(agent.bottle.routes, environment) },
          way.route.dlp,
          { head: question, body },
        )
      : [],
    onMatch: way?.route.dlp.outboundOnMatch ?? null,
  };
  context.print(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : formatExplanation(outcome));
  const clean = outcome.detectors.every(({ answer }) => answer === 'off' || answer === 'finds nothing');
  if (!verdict.allowed || !clean) context.end(exitCodes.findings);
}

/** The values of the routes' secrets, as far as they are set here: nothing of them is printed. */
function knownHere(
  routes: readonly ResolvedRoute[],
  environment: CommandContext['environment'],
): readonly KnownSecret[] {
  const names = routes.flatMap(({ auth, headers }) => [
    ...(auth ? [auth.secret] : []),
    ...headers.flatMap((header) => ('secret' in header ? [header.secret] : [])),
  ]);
  return [...new Set(names)].map((name) => ({ name, value: environment[name] ?? '' }));
}

function readBody(file: string, workingDirectory: string): Buffer {
  try {
    return readFileSync(resolve(workingDirectory, file));
  } catch (thrown) {
    throw usage(`can't read ${file}: ${messageOf(thrown)}`, 'name a file that can be read');
  }
}

/** Taken apart by hand: a URL parser would resolve `..` and encodings before the decision sees them. */
function questionOf(method: string, url: string, headerLines: readonly string[]): Question {
  const parts = /^(https?):\/\/([^/?#]+)([^#]*)$/i.exec(url);
  if (!parts) throw usage(`'${url}' is not a URL`, 'write https://HOST/PATH');
  const scheme = parts[1]?.toLowerCase() === 'http' ? 'http' : 'https';
  const authority = parseAuthority(parts[2] ?? '', scheme === 'https' ? 443 : 80);
  if (!authority.ok)
    throw usage(`'${parts[2]}': ${authority.message}`, 'the sidecar refuses such a host as well');
  const rest = parts[3] ?? '';
  return {
    way: scheme === 'https' ? 'tls' : 'plain',
    scheme,
    host: authority.host,
    port: authority.port,
    method,
    target: rest.startsWith('/') ? rest : `/${rest}`,
    headers: headerLines.flatMap(headerOf),
  };
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
