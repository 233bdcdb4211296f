import { defaultDlp, type RequestMatch, type Route } from '../contract/route.js';

type ShownRoute = Omit<Route, 'certificateAuthority'>;

/** One line a route: where to, what is let out, which credential is added (by its name). */
export function routeLine(route: ShownRoute): string {
  return [
    `${route.scheme}://${route.host}`,
    allowedRequests(route.matches).join(' or '),
    ...exceptions(route),
    ...additions(route),
    ...scanning(route),
    ...dialling(route),
  ].join('; ');
}

/** What a route lets out: one text for each entry of `matches`. */
export function allowedRequests(matches: readonly RequestMatch[] | null): readonly string[] {
  if (matches === null) return ['any request'];
  if (matches.length === 0) return ['no request'];
  return matches.map(matchText);
}

/** What passes a route besides ordinary requests. */
export function exceptions({ gitFetch, doh }: ShownRoute): readonly string[] {
  return [...(gitFetch ? ['git fetch'] : []), ...(doh ? ['DNS over HTTPS'] : [])];
}

/** What is scanned, where that differs from what a route gets by itself. */
export function scanning({ dlp }: ShownRoute): readonly string[] {
  const line = (direction: string, names: readonly string[] | null, onMatch: string, usual: string) => {
    if (names?.length === 0) return [`${direction} not scanned`];
    if (names === null && onMatch === usual) return [];
    return [`${direction} scanned${names ? ` by ${names.join(', ')}` : ''}: ${onMatch}`];
  };
  return [
    ...line('requests', dlp.outbound, dlp.outboundOnMatch, defaultDlp.outboundOnMatch),
    ...line('answers', dlp.inbound, dlp.inboundOnMatch, defaultDlp.inboundOnMatch),
  ];
}

/** What the sidecar adds: secrets by the names of their variables, never by value. */
export function additions({ auth, headers }: ShownRoute): readonly string[] {
  return [
    ...(auth ? [`adds Authorization: ${auth.scheme} $${auth.secret}`] : []),
    ...headers.map(
      (header) => `sets ${header.name}: ${'secret' in header ? `$${header.secret}` : header.value}`,
    ),
  ];
}

/** Where a route leads, if not to its own name's public address. */
export function dialling(route: ShownRoute): readonly string[] {
  if (route.connectTo) return [`dials ${route.connectTo.host}:${route.connectTo.port}`];
  return route.private ? ['private addresses too'] : [];
}

function matchText({ paths, methods, headers }: RequestMatch): string {
  const words = [
    methods ? methods.join('|') || 'no method' : 'any method',
    paths ? paths.map(({ type, value }) => `${type} ${value}`).join(' | ') || 'no path' : 'any path',
  ];
  if (headers?.length) words.push(`with ${headers.map(({ name, value }) => `${name}: ${value}`).join(', ')}`);
  return words.join(' ');
}
