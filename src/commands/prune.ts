import type { Command } from '../console/command.js';
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
        '\nContainers, networks and volumes are found by their label; images only with --images.\nPlaceholders in workspaces and sockets whose process is gone are always removed.',
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
        if (!dryRun) await sweepHost(context.environment);
        const found = [...bottles, ...removed];
        if (json) context.print(`${JSON.stringify({ bottles, images: removed })}\n`);
        else context.print(found.length === 0 ? 'nothing to prune\n' : `${found.join('\n')}\n`);
      });
  },
};

export default prune;
