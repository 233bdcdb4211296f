import { paletteFor } from '../console/colour.js';
import type { Command } from '../console/command.js';
import { formatRoutes, routesJson } from '../console/print-routes.js';
import { readManifests } from '../host/manifest-files.js';
import { namesOf, resolveAgent, resolveBottle } from '../manifest/resolve.js';

const examples = `
Examples:
  bot-bottle routes sandbox          what the agent 'sandbox' can reach, and where that is written
  bot-bottle routes sandbox --json   the same for a program

An agent is looked for first, then a bottle. Credentials appear as the names of the
environment variables that hold them; their values are not read.
`;

const routes: Command = {
  name: 'routes',
  order: 3,
  summary: 'show what an agent or a bottle can reach',
  configure(parser, context) {
    parser
      .argument('<name>', "an agent's or a bottle's name")
      .option('--json', 'print JSON')
      .addHelpText('after', examples)
      .action((name: string, options: { readonly json?: boolean }) => {
        const { environment, workingDirectory } = context;
        const manifests = readManifests({ environment, workspace: workingDirectory });
        const isBottle =
          !namesOf('agent', manifests).includes(name) && namesOf('bottle', manifests).includes(name);
        const agent = isBottle ? null : resolveAgent(name, manifests);
        const bottle = agent?.bottle ?? resolveBottle(name, manifests);
        const palette = paletteFor(environment, Boolean(process.stdout.isTTY));
        context.print(options.json ? routesJson(bottle, agent) : formatRoutes(bottle, agent, palette));
      });
  },
};

export default routes;
