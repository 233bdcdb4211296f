import type { Command, CommandContext } from '../console/command.js';
import { exitCodes } from '../contract/errors.js';
import { printableJson } from '../contract/printable.js';
import { hostServices } from '../host/services.js';
import { allBackends } from '../launch/choose-backend.js';
import type { Readiness } from '../plan/ports.js';

interface Finding extends Readiness {
  readonly backend: string;
}

const doctor: Command = {
  name: 'doctor',
  order: 10,
  summary: 'say for each backend whether this machine can run it, and what mends it',
  configure(parser, context) {
    parser
      .option('--json', 'print JSON')
      .addHelpText('after', '\nExit code 0 when at least one backend is usable, else 3.')
      .action(async ({ json }: { json?: boolean }) => {
        const services = hostServices(context.environment);
        const backends = await allBackends();
        const findings = await Promise.all(
          backends.map(async (backend) => ({ backend: backend.name, ...(await backend.probe(services)) })),
        );
        if (json) context.print(`${printableJson({ node: process.version, backends: findings }, null, 2)}\n`);
        else print(findings, context);
        if (!findings.some(({ usable }) => usable)) context.end(exitCodes.hostNotReady);
      });
  },
};

function print(findings: readonly Finding[], context: CommandContext): void {
  for (const { backend, usable, barrier, problems } of findings) {
    context.print(`${usable ? 'ok  ' : 'no  '}${backend}: ${usable ? barrier : 'not usable'}\n`);
    for (const { message, mend } of problems) context.print(`      ${message}\n      fix: ${mend}\n`);
  }
}

export default doctor;
