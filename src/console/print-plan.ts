import type { BottlePlan } from '../plan/plan.js';
import { printable } from './printable.js';
import { routeLine } from './route-line.js';

/** A plan as a person reads it. It holds names of secrets, never values. */
export function formatPlan(plan: BottlePlan): string {
  const { workspace } = plan;
  const sections: [string, readonly string[]][] = [
    ['agent', [`${plan.agent} (bottle ${plan.bottles.join(' < ')})`]],
    ['backend', [plan.backend]],
    ['provider', [plan.provider]],
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

function unknownHostLine({ unknownHost, holdTimeout }: BottlePlan): string {
  return unknownHost === 'block' ? 'refused' : `held for you to decide, ${holdTimeout / 1000} s at most`;
}

/** JSON of a plan, certificates cut to a word: they are long and say nothing to a reader. */
export function planJson(plan: BottlePlan): string {
  return `${JSON.stringify(plan, (key, value) => (key === 'certificateAuthority' && value ? '(PEM)' : value), 2)}\n`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
