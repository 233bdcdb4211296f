import { domainToASCII, domainToUnicode } from 'node:url';

/** Why a text is no host name that a route could be matched with. */
export type HostProblem =
  | 'empty'
  | 'too-long'
  | 'ip-literal'
  | 'forbidden-character'
  | 'empty-label'
  | 'label-too-long'
  | 'hyphen-at-edge'
  | 'invalid-idna';

export type CanonicalHost =
  | { readonly ok: true; readonly host: string }
  | { readonly ok: false; readonly reason: HostProblem };

/** RFC 1035, 2.3.4: a name of 255 octets on the wire is 253 characters as text. */
const longestName = 253;
const longestLabel = 63;

const fail = (reason: HostProblem): CanonicalHost => ({ ok: false, reason });

/**
 * The one canonical form of a host name, for every place where a name comes in: CONNECT, SNI, Host, a manifest.
 * Lower case, without the root's dot, labels of letters, digits and inner hyphens (RFC 1123, 2.1; RFC 5890, 2.3.1),
 * A-labels only if they come back unchanged from IDNA. An IP address in any spelling that some resolver would read
 * as one is 'ip-literal' (WHATWG URL, 'ends in a number'; RFC 3986, 3.2.2). Takes no port.
 */
export function canonicalHost(text: string): CanonicalHost {
  if (text === '' || text === '.') return fail('empty');
  // Room for the root's dot; a bracketed address with a zone is shorter too.
  if (text.length > longestName + 1) return fail('too-long');
  if (text.charCodeAt(0) === 0x5b || looksLikeBareIpv6(text)) return fail('ip-literal');
  // Before the lower-casing, which would turn U+212A (Kelvin) into a k.
  if (/[^A-Za-z0-9.-]/.test(text)) return fail('forbidden-character');
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length > longestName) return fail('too-long');
  let punycode = false;
  const labels = name.split('.');
  for (const label of labels) {
    const problem = labelProblem(label);
    if (problem !== null) return fail(problem);
    if (label.startsWith('xn--')) punycode = true;
  }
  if (/^(?:\d+|0x[\da-f]*)$/.test(labels.at(-1) ?? '')) return fail('ip-literal');
  if (punycode && !survivesIdna(name)) return fail('invalid-idna');
  return { ok: true, host: name };
}

/** Unicode letters of a name that a person wrote become A-labels; anything else odd is left for canonicalHost to refuse. */
export function asciiForm(text: string): string {
  const letters = /[^\x00-\x7f]/.test(text) && /^[\p{L}\p{M}\p{Nd}.-]+$/u.test(text);
  return letters ? domainToASCII(text) || text : text;
}

/** The same for a route's host: a name, or `*.` and a name. */
export function canonicalHostPattern(text: string): CanonicalHost {
  if (!text.startsWith('*.')) return canonicalHost(text);
  const rest = canonicalHost(text.slice(2));
  return rest.ok ? { ok: true, host: `*.${rest.host}` } : rest;
}

/** Names that mean this machine to every resolver (RFC 6761, 6.3). */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

function labelProblem(label: string): HostProblem | null {
  if (label === '') return 'empty-label';
  if (label.length > longestLabel) return 'label-too-long';
  if (label.startsWith('-') || label.endsWith('-')) return 'hyphen-at-edge';
  return null;
}

/** `::1`, `fe80::1%eth0`: colons and hexadecimal digits alone, at least two colons. */
function looksLikeBareIpv6(text: string): boolean {
  return /^[\da-f]*:[\da-f.]*:[\da-f:.]*(?:%.*)?$/i.test(text);
}

/** An A-label that decodes to something else than it encodes is a second spelling of a name. */
function survivesIdna(name: string): boolean {
  const unicode = domainToUnicode(name);
  return (
    unicode !== '' && unicode !== name && domainToASCII(unicode) === name && domainToASCII(name) === name
  );
}
