import type { Command } from '../console/command.js';
import { printable, printableJson } from '../contract/printable.js';
import { hostServices } from '../host/services.js';
import { managingBackends } from '../launch/find-bottle.js';
import { sweepHost } from '../launch/sweep.js';

interface PruneOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly images?: boolean;
}

const prune: Command = {
  name: 'prune',
  order: 35,
  summary: 'take away what bottles left whose command line was killed',
  configure(parser, context) {
    parser
      .option('--all', 'every bottle, running ones too')
      .option('--images', 'also the images that no bottle uses; the next start builds what it needs again')
      .option('--dry-run', 'only say which')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        '\nContainers, networks and volumes are found by their label; images only with --images.\nPlaceholders in workspaces and sockets whose process is gone are removed too, and named.',
      )
      .action(async ({ all = false, dryRun = false, images = false, json }: PruneOptions) => {
        const services = hostServices(context.environment);
        const bottles: string[] = [];
        const removed: string[] = [];
        for (const { management } of await managingBackends(services)) {
          const report = await management.prune({ everything: all, dryRun, images }, services);
          bottles.push(...report.bottles);
          removed.push(...report.images);
        }
        const { bottles: swept, sockets } = await sweepHost(context.environment, dryRun);
        const leftovers = swept.filter((bottle) => !bottles.includes(bottle));
        if (json) context.print(`${printableJson({ bottles, images: removed, leftovers, sockets })}\n`);
        else context.print(lines([...bottles, ...removed], leftovers, sockets));
      });
  },
};

function lines(found: readonly string[], leftovers: readonly string[], sockets: number): string {
  const all = [
    ...found,
    ...leftovers.map((bottle) => `placeholders and files of ${bottle}`),
    ...(sockets > 0 ? [`${sockets} ${sockets === 1 ? 'socket' : 'sockets'} that nobody listens at`] : []),
  ];
  return all.length === 0 ? 'nothing to prune\n' : all.map((line) => `${printable(line)}\n`).join('');
}

export default prune;
