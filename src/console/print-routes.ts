import { printable, printableJson } from '../contract/printable.js';
import type { ResolvedAgent, ResolvedBottle } from '../manifest/resolved.js';
import type { Palette } from './colour.js';
import { additions, allowedRequests, dialling, exceptions, scanning } from './route-line.js';
import { formatTable } from './table.js';

/** A path is the longest part. */
const longestLine = 4096;

/** The routes of a bottle as a person reads them; a secret appears as the name of its variable. */
export function formatRoutes(bottle: ResolvedBottle, agent: ResolvedAgent | null, palette: Palette): string {
  const head = [
    ...(agent ? [`agent     ${agent.name} (${agent.file})`] : []),
    `bottle    ${bottle.chain.join(' < ')}`,
    `provider  ${bottle.provider}`,
  ];
  const title = head.map((line) => `${printable(line, longestLine)}\n`).join('');
  const others =
    bottle.unknownHost === 'block'
      ? 'Every other host is refused.'
      : 'Requests to any other host are held for you to decide.';
  if (bottle.routes.length === 0) return `${title}\nno routes\n${others}\n`;
  const rows = bottle.routes.map((route) => [
    [route.host],
    [route.scheme],
    [...allowedRequests(route.matches), ...exceptions(route)],
    orNothing([...additions(route), ...scanning(route), ...dialling(route)]),
    [(bottle.routeBottles[route.host] ?? []).join(' < '), printable(route.where, longestLine)],
  ]);
  const heading = ['HOST', 'SCHEME', 'LETS OUT', 'ON THE WAY', 'WRITTEN IN'].map((text) => [text]);
  const [first = '', ...rest] = formatTable([heading, ...rows]).split('\n');
  return `${title}\n${[palette.bold(first), ...rest].join('\n')}\n${others}\n`;
}

function orNothing(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['-'] : lines;
}

/** The same as JSON. */
export function routesJson(bottle: ResolvedBottle, agent: ResolvedAgent | null): string {
  const value = {
    agent: agent === null ? null : { name: agent.name, file: agent.file },
    bottle: {
      name: bottle.name,
      chain: bottle.chain,
      provider: bottle.provider,
      unknownHost: bottle.unknownHost,
    },
    routes: bottle.routes.map((route) => ({ ...route, bottles: bottle.routeBottles[route.host] ?? [] })),
  };
  return `${printableJson(value, null, 2)}\n`;
}
