import { queryParameters } from './path.js';
import { type RawHeaders, valuesOf } from './request-head.js';

/** What a request is to git's smart HTTP (gitprotocol-http): a push, an endpoint of a fetch, something of a fetch's, or none. */
export type GitKind = 'push' | 'fetch' | 'fetch-like' | null;

const push = /(?:^|[/\\])git-receive-pack(?:[/\\;]|$)/i;
const fetchEnd = /(?:^|[/\\])git-upload-pack(?:[/\\;]|$)/i;

/** @param path canonical; `%2F` in it is read as a separator too, since some server may */
export function gitKind(method: string, path: string, query: string, headers: RawHeaders): GitKind {
  const separated = path.includes('%')
    ? path.replace(/%2F/g, '/').replace(/%5C/g, '\\').replace(/%3B/g, ';')
    : path;
  if (push.test(separated)) return 'push';
  const services = query === '' ? [] : serviceValues(query);
  if (services.some((service) => service.includes('git-receive-pack'))) return 'push';
  const types = path.includes('git') || query.includes('git') ? valuesOf(headers, 'content-type') : [];
  if (types.some((type) => /git-receive-pack/i.test(type))) return 'push';
  if (fetchEnd.test(separated)) {
    return method === 'POST' && path.endsWith('/git-upload-pack') ? 'fetch' : 'fetch-like';
  }
  if (!services.some((service) => service.includes('git-upload-pack'))) return null;
  const plain = services.length === 1 && services[0] === 'git-upload-pack';
  return plain && method === 'GET' && path.endsWith('/info/refs') ? 'fetch' : 'fetch-like';
}

function serviceValues(query: string): string[] {
  return queryParameters(query)
    .filter(({ name }) => name.trim().toLowerCase() === 'service')
    .map(({ value }) => value.trim().toLowerCase());
}
