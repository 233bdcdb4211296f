/**
 * The name that a leaf certificate for `host` is made out to: the wildcard of its route where that covers it, so that all
 * hosts below share one, else the host itself. Every client takes `*` for one label (RFC 6125, 6.4.3); some refuse it
 * below what may be a public suffix, as `*.co.uk` is, or for an A-label.
 *
 * @param pattern the route's host, canonical; null: no route names the host
 * @param host canonical
 */
export function certificateName(pattern: string | null, host: string): string {
  if (pattern === null || !pattern.startsWith('*.')) return host;
  const suffix = pattern.slice(2);
  const label = host.slice(0, -suffix.length - 1);
  const isCovered = host.endsWith(`.${suffix}`) && !label.includes('.') && !label.startsWith('xn--');
  const labels = suffix.split('.');
  const mayBePublic = labels.length < 2 || (labels.length === 2 && labels[1]?.length === 2);
  return isCovered && !mayBePublic ? pattern : host;
}
