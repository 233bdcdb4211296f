import type { Refusal, RefusalCode } from '../contract/refusal.js';

/** A refusal for which nothing that an operator could write would make a difference. */
export function finalRefusal(code: RefusalCode, message: string, rule = 'protocol'): Refusal {
  return { code, message, rule, allow: null };
}

/** What the operator can't be shown can't be approved, and a look-up would already give it away. */
export const hiddenHost = finalRefusal(
  'secret-found',
  'the name of the host holds a secret',
  'egress.unknown_host',
);

/** Names a route in a rule: `egress.routes[api.example.com]` or a part of it. */
export function routeRule(host: string, part = ''): string {
  return `egress.routes[${host}]${part === '' ? '' : `.${part}`}`;
}

/** The manifest's lines for one route; every value in JSON's quotes, which YAML reads too. */
export function routeYaml(host: string, lines: readonly string[]): string {
  return [
    'egress:',
    '  routes:',
    `    - host: ${JSON.stringify(host)}`,
    ...lines.map((line) => `      ${line}`),
    '',
  ].join('\n');
}

/** A `matches` entry for exactly this request; a path too long to print is left out with its whole entry. */
export function matchYaml(method: string, path: string): readonly string[] | null {
  if (path.length > 300) return null;
  return [
    'matches:',
    `  - paths: [{type: exact, value: ${JSON.stringify(path)}}]`,
    `    methods: [${JSON.stringify(method)}]`,
  ];
}
