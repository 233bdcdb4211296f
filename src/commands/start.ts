import { isatty } from 'node:tty';
import { Option } from 'commander';
import type { Command, CommandContext } from '../console/command.js';
import { counted } from '../console/counted.js';
import { formatPlan, planJson } from '../console/print-plan.js';
import { tellOnRawTerminal } from '../console/raw-terminal.js';
import { recordSteps } from '../console/steps.js';
import { countTraffic, formatEvent } from '../console/traffic.js';
import { printable } from '../contract/printable.js';
import { loadAgent } from '../host/manifest-files.js';
import { hostServices } from '../host/services.js';
import { chooseBackend } from '../launch/choose-backend.js';
import { launch } from '../launch/launch.js';
import { prepare } from '../launch/prepare.js';

interface StartOptions {
  readonly backend?: string;
  readonly workspace?: string;
  readonly workspaceMode: string;
  readonly runtime?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly timing?: boolean;
}

const examples = `
Examples:
  bot-bottle start sandbox                        a shell in the bottle, on this folder
  bot-bottle start sandbox -- npm test            one command; its exit code is this command's
  echo 'ls' | bot-bottle start sandbox -- bash    standard input is passed on
  bot-bottle start sandbox --dry-run              what would run, and what it could reach

The agent sees this folder as /workspace. Files there that this machine would execute
(.git/hooks, .git/config, .envrc, .vscode, .claude, ...) are read-only in the bottle.
With --workspace-mode copy it works on a copy instead; that needs a backend of containers,
and bubblewrap refuses it.
Secrets are read from the environment variables that the manifest names; their values go
to the sidecar only. A failure of bot-bottle's own ends with 125.

Environment:
  BOT_BOTTLE_HOME          the folder of bottles and agents (~/.bot-bottle)
  BOT_BOTTLE_BACKEND       the backend, where --backend isn't given
  BOT_BOTTLE_RUNTIME       the Docker engine's runtime, where --runtime isn't given
  BOT_BOTTLE_EXTRA_CA      PEM file of certificates to trust for upstreams, and by image builds,
                           besides the usual ones
  EGRESS_TOKEN_ALLOW_TIMEOUT_SECONDS
                           how long a held request waits for you (300)
  BOT_BOTTLE_LOG_DAYS, BOT_BOTTLE_LOG_MEGABYTES
                           how much of the log is kept (90, 256); it lies below XDG_STATE_HOME
  BOT_BOTTLE_NAME_SERVERS  name servers for the sidecar instead of the system's
`;

const start: Command = {
  name: 'start',
  order: 1,
  summary: 'run an agent in its bottle',
  configure(parser, context) {
    parser
      .argument('<agent>', "an agent's name")
      .argument('[command...]', "what to run, after `--`; the provider's own command when none is given")
      .option('--backend <name>', 'what holds the bottle: docker where an engine answers, else bubblewrap')
      .option('--workspace <folder>', 'the folder that the agent works in', '.')
      .addOption(
        new Option(
          '--workspace-mode <mode>',
          'mount: work on the folder; copy: on a copy, see `bot-bottle diff` (docker only)',
        )
          .choices(['mount', 'copy'])
          .default('mount'),
      )
      .option('--runtime <name>', "the Docker engine's runtime for the agent: runsc (gVisor), runc, ...")
      .option('--dry-run', 'print what would run and end')
      .option('--json', 'with --dry-run: print JSON')
      .option('--quiet', 'print nothing of our own')
      .option('--verbose', 'print each decision of the sidecar')
      .option('--timing', 'print where the time of the start went')
      .addHelpText('after', examples)
      .action((agent: string, command: string[], options: StartOptions) =>
        run(agent, command, options, context),
      );
  },
};

async function run(
  name: string,
  command: readonly string[],
  options: StartOptions,
  context: CommandContext,
): Promise<void> {
  const { environment } = context;
  const steps = recordSteps();
  steps.mark('command line loaded');
  const backend = await chooseBackend(
    options.backend,
    environment['BOT_BOTTLE_BACKEND'],
    hostServices(environment),
  );
  const workspace = options.workspace ?? context.workingDirectory;
  const agent = loadAgent(name, { environment, workspace });
  const plan = await prepare({
    agent,
    backend,
    workspace,
    command,
    environment,
    workspaceMode: options.workspaceMode === 'copy' ? 'copy' : 'mount',
    runtime:
      options.runtime ?? (backend.containers ? environment['BOT_BOTTLE_RUNTIME'] || undefined : undefined),
  });
  if (options.dryRun) {
    context.print(options.json ? planJson(plan) : formatPlan(plan));
    return;
  }
  steps.mark('manifests read, plan made');
  const personal = isatty(2) && !options.quiet;
  if (personal)
    context.tell(
      `bottle ${plan.id} on ${backend.name}: ${counted(plan.routes.length, 'route')}, workspace ${printable(plan.workspace.source, 4096)}\n`,
    );
  const traffic = countTraffic();
  const terminal = isatty(0) && isatty(1);
  const tell = terminal && isatty(2) ? tellOnRawTerminal(context.tell) : context.tell;
  const code = await launch({
    backend,
    plan,
    environment,
    terminal,
    onEvent: (event) => {
      traffic.record(event);
      if (options.verbose) tell(formatEvent(event));
    },
    onStep: steps.mark,
    onBarrier: (barrier) => {
      if (personal) context.tell(`held by ${barrier}\n`);
    },
    onProgress: options.quiet ? () => {} : (line) => context.tell(`${line}\n`),
    tell,
  });
  if (plan.workspace.mode === 'copy' && !options.quiet)
    context.tell(`changes, if there are any: bot-bottle diff ${plan.id}\n`);
  if (options.timing) context.tell(steps.table());
  if (personal) context.tell(traffic.summary());
  context.end(code);
}

export default start;
