import { queryParameters } from './path.js';
import type { RawHeaders } from './request-head.js';

const messageType = /\bapplication\/(?:oblivious-)?dns[-+](?:message|json|udpwireformat|x-dns)\b/i;

/**
 * A DNS question in HTTP's clothes, even to a host that a route allows: by its media type (RFC 8484, 6; RFC 8427; RFC 9230),
 * by the parameter `dns` (RFC 8484, 4.1), or by the path that resolvers serve it on.
 */
export function isDnsOverHttps(path: string, query: string, headers: RawHeaders): boolean {
  if (/(?:^|\/)dns-query\/?$/i.test(path)) return true;
  if (query !== '' && queryParameters(query).some(({ name }) => name.trim().toLowerCase() === 'dns'))
    return true;
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
