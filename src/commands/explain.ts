import type { Command, CommandContext } from '../console/command.js';
import { BottleError, exitCodes } from '../contract/errors.js';
import { loadAgent } from '../host/manifest-files.js';
import { parseAuthority } from '../policy/authority.js';
import { decide, type Explanation, explain, type Question } from '../policy/decide.js';
import { compileRoutes } from '../policy/routes.js';

interface ExplainOptions {
  readonly agent: string;
  readonly header: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  bot-bottle explain GET https://api.example.com/v1/items --agent reader
  bot-bottle explain POST https://api.example.com/v1/items --agent reader --header 'Accept: text/plain'

Nothing is sent: this asks the very decision that the sidecar makes, and prints each rule's answer.
Exit code 0 when the request would be let out, 1 when it would be refused.
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
      .option('--json', 'print JSON')
      .addHelpText('after', examples)
      .action((method: string, url: string, options: ExplainOptions) => run(method, url, options, context));
  },
};

function run(method: string, url: string, options: ExplainOptions, context: CommandContext): void {
  const { environment, workingDirectory } = context;
  const agent = loadAgent(options.agent, { environment, workspace: workingDirectory });
  const table = compileRoutes(agent.bottle.routes.map((route) => ({ ...route, certificateAuthority: null })));
  const question = questionOf(method, url, options.header);
  const verdict = decide(table, question);
  const rules = explain(table, question);
  const route = verdict.route?.route.host ?? null;
  if (options.json) context.print(`${JSON.stringify({ allowed: verdict.allowed, route, rules }, null, 2)}\n`);
  else context.print(formatAnswer(verdict.allowed, route, rules));
  if (!verdict.allowed) context.end(exitCodes.findings);
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

function formatAnswer(allowed: boolean, route: string | null, rules: readonly Explanation[]): string {
  const lines = rules.map(({ rule, answer, refusal }) => {
    const why = refusal ? `: ${refusal.code}, ${refusal.message}` : '';
    const allow = refusal?.allow
      ? `\n    to allow it:\n${refusal.allow.trimEnd().replace(/^/gm, '      ')}`
      : '';
    return `  ${rule} ${answer}${why}${allow}\n`;
  });
  return `${allowed ? 'let out' : 'refused'}; route ${route ?? 'none'}\n${lines.join('')}`;
}

export default command;
