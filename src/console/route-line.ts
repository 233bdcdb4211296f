import type { RequestMatch, Route } from '../contract/route.js';

/** One line a route: where to, what is let out, which credential is added (by its name). */
export function routeLine(route: Omit<Route, 'certificateAuthority'>): string {
  const parts = [`${route.scheme}://${route.host}`, allowed(route.matches)];
  if (route.gitFetch) parts.push('git fetch');
  if (route.doh) parts.push('DNS over HTTPS');
  if (route.auth) parts.push(`adds Authorization: ${route.auth.scheme} $${route.auth.secret}`);
  for (const header of route.headers) {
    parts.push(`sets ${header.name}: ${'secret' in header ? `$${header.secret}` : header.value}`);
  }
  if (route.connectTo) parts.push(`dials ${route.connectTo.host}:${route.connectTo.port}`);
  else if (route.private) parts.push('private addresses too');
  return parts.join('; ');
}

function allowed(matches: readonly RequestMatch[] | null): string {
  if (matches === null) return 'any request';
  if (matches.length === 0) return 'no request';
  return matches.map(matchText).join(' or ');
}

function matchText({ paths, methods, headers }: RequestMatch): string {
  const words = [
    methods ? methods.join('|') || 'no method' : 'any method',
    paths ? paths.map(({ type, value }) => `${type} ${value}`).join(' | ') || 'no path' : 'any path',
  ];
  if (headers?.length) words.push(`with ${headers.map(({ name, value }) => `${name}: ${value}`).join(', ')}`);
  return words.join(' ');
}
