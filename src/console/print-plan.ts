import { printable, printableJson } from '../contract/printable.js';
import type { BottlePlan } from '../plan/plan.js';
import { routeLine } from './route-line.js';

/** A plan as a person reads it. It holds names of secrets, never values. */
export function formatPlan(plan: BottlePlan): string {
  const { workspace } = plan;
  const sections: [string, readonly string[]][] = [
    ['agent', [`${plan.agent} (bottle ${plan.bottles.join(' < ')})`]],
    ['backend', [plan.backend]],
    ['provider', [plan.provider]],
    ['image', plan.container?.dockerfile ? [`built from ${plan.container.dockerfile}`] : []],
    ['runtime', plan.container?.runtime ? [plan.container.runtime] : []],
    ['limits', limitLines(plan)],
    ['command', [plan.command.map(quoted).join(' ')]],
    ['workspace', [`${workspace.source} as ${workspace.target}`]],
    ['read-only in it', workspace.protectedPaths.map(({ path }) => path)],
    ['routes', plan.routes.length === 0 ? ['none'] : plan.routes.map(routeLine)],
    ['any other host', [unknownHostLine(plan)]],
    [
      'secrets',
      plan.secrets.map(
        ({ environmentVariable }) => `${environmentVariable} (its value goes to the sidecar only)`,
      ),
    ],
    ['environment', Object.entries(plan.environment).map(([name, value]) => `${name}=${quoted(value)}`)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}:\n${lines.map((line) => `  ${printable(line, 4000)}\n`).join('')}`)
    .join('');
}

function limitLines({ resources }: BottlePlan): string[] {
  const { memory = null, cpus = null, pids = null } = resources ?? {};
  return [
    ...(memory === null ? [] : [`memory ${Math.round(memory / 2 ** 20)} MiB`]),
    ...(cpus === null ? [] : [`processors ${cpus}`]),
    ...(pids === null ? [] : [`processes ${pids}`]),
  ];
}

function unknownHostLine({ unknownHost, holdTimeout }: BottlePlan): string {
  return unknownHost === 'block' ? 'refused' : `held for you to decide, ${holdTimeout / 1000} s at most`;
}

/** JSON of a plan, certificates cut to a word: they are long and say nothing to a reader. */
export function planJson(plan: BottlePlan): string {
  return `${printableJson(plan, (key, value) => (key === 'certificateAuthority' && value ? '(PEM)' : value), 2)}\n`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
