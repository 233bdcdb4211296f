import { decodeFully, queryParameters } from './path.js';
import type { RawHeaders } from './request-head.js';

const messageType = /\bapplication\/(?:oblivious-)?dns[-+](?:message|json|udpwireformat|x-dns)\b/i;

/**
 * A DNS question in HTTP's clothes, even to a host that a route allows: by its media type (RFC 8484, 6; RFC 8427; RFC 9230),
 * by the parameter `dns` (RFC 8484, 4.1), by the path that resolvers serve it on, or as their JSON takes it
 * (`/resolve?name=`).
 */
export function isDnsOverHttps(path: string, query: string, headers: RawHeaders): boolean {
  const decoded = decodeFully(path);
  if (/[/\\]dns-query/i.test(decoded)) return true;
  if (query !== '') {
    const names = queryParameters(query).map(({ name }) => name.trim().toLowerCase());
    if (names.includes('dns')) return true;
    if (names.includes('name') && /[/\\]resolve\s*(?:[/\\;?#]|$)/i.test(decoded)) return true;
  }
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    // Both names by their lengths first: this runs for every header of every request.
    if (name.length !== 6 && name.length !== 12) continue;
    const lowerName = name.toLowerCase();
    if (
      (lowerName === 'accept' || lowerName === 'content-type') &&
      messageType.test(headers[index + 1] ?? '')
    ) {
      return true;
    }
  }
  return false;
}
