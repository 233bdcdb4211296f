import { asciiForm, canonicalHost, type HostProblem } from '../../policy/host.js';
import { quoted } from '../code-frame.js';
import { type Checked, wrong } from './scope.js';

const reasons: Readonly<Record<HostProblem, string>> = {
  empty: 'it is empty',
  'too-long': 'it is longer than 253 characters',
  'ip-literal': 'it is an IP address',
  'forbidden-character': 'a name has letters, digits, dots and hyphens only',
  'empty-label': 'there is nothing between two dots',
  'label-too-long': 'a part of it is longer than 63 characters',
  'hyphen-at-edge': 'a part of it begins or ends with a hyphen',
  'invalid-idna': "its 'xn--' part is not the ASCII form of a name",
};

/** A route's host in its canonical form: a name, or `*.` and a name of two labels or more. */
export function checkHost(text: string): Checked<string> {
  const wildcard = text.startsWith('*.');
  const given = wildcard ? text.slice(2) : text;
  if (given.includes('*')) {
    const hint = "'*.example.com' means every name below example.com; list other hosts one by one";
    return refused(text, 'a * may only stand for whole labels in front', hint);
  }
  const host = canonicalHost(asciiForm(given));
  if (!host.ok) return refused(text, reasons[host.reason], hintFor(given, host.reason));
  if (wildcard && !host.host.includes('.')) {
    return refused(
      text,
      'that is every name of a top-level domain',
      `name a domain: '*.example.${host.host}'`,
    );
  }
  return { ok: true, value: wildcard ? `*.${host.host}` : host.host };
}

function refused(text: string, reason: string, hint?: string): Checked<string> {
  return wrong('invalid-host', `${quoted(text)} is not a host: ${reason}`, hint);
}

function hintFor(text: string, reason: HostProblem): string | undefined {
  if (reason === 'ip-literal') return "give the upstream a name and dial it with 'connect_to: ADDRESS:PORT'";
  if (text.includes('://') || text.includes('/')) return 'write the name alone, without scheme or path';
  if (/:\d+$/.test(text)) return "write the name alone; another port is dialled with 'connect_to: HOST:PORT'";
  return undefined;
}

/** `HOST:PORT`; the host is a name, an IPv4 address, or an IPv6 address in brackets (kept without them). */
export function checkConnectTo(text: string): Checked<{ readonly host: string; readonly port: number }> {
  const refuse = (reason: string) =>
    wrong(
      'invalid-connect-to',
      `${quoted(text)} cannot be dialled: ${reason}`,
      'write HOST:PORT or [IPV6]:PORT',
    );
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (!parts) return refuse('it is not HOST:PORT');
  const [, bracketed, plain = '', digits] = parts;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return refuse('a port is 1 to 65535');
  if (bracketed !== undefined) {
    const address = ipv6(bracketed);
    return address === null
      ? refuse('that is no IPv6 address')
      : { ok: true, value: { host: address, port } };
  }
  if (isIpv4(plain)) return { ok: true, value: { host: plain, port } };
  const name = canonicalHost(asciiForm(plain));
  return name.ok ? { ok: true, value: { host: name.host, port } } : refuse(reasons[name.reason]);
}

function isIpv4(text: string): boolean {
  const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
  return new RegExp(`^${octet}(?:\\.${octet}){3}$`).test(text);
}

/** The canonical text of an IPv6 address (RFC 5952), or null; a zone is none of it. */
function ipv6(text: string): string | null {
  if (!/^[\da-fA-F:.]+$/.test(text) || !URL.canParse(`http://[${text}]/`)) return null;
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}
