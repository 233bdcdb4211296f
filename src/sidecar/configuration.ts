import { isIPv4 } from 'node:net';
import type {
  HeaderMatch,
  PathMatch,
  RequestMatch,
  Route,
  RouteAuth,
  RouteDlp,
  RouteHeader,
} from '../contract/route.js';
import type { ListenAddress, SidecarConfiguration } from '../contract/sidecar.js';
import { isDetectorName } from '../policy/scan/detectors.js';

/** Thrown with the place of what is wrong, never with its value: a value may be a secret. */
export class ConfigurationError extends Error {}

const fail = (where: string, what: string): never => {
  throw new ConfigurationError(`${where}: ${what}`);
};

type Fields = Record<string, unknown>;

/** Reads the one line of configuration, and checks that every secret it names is there and fit for a header. */
export function parseConfiguration(line: string): SidecarConfiguration {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's own message quotes the text.
    return fail('configuration', 'not JSON');
  }
  const fields = object(value, 'configuration');
  if (fields['version'] !== 1) fail('version', 'not 1');
  const secrets = object(fields['secrets'], 'secrets');
  for (const name of Object.keys(secrets)) headerText(secrets[name], `secrets.${name}`);
  const configuration: SidecarConfiguration = {
    version: 1,
    bottle: text(fields['bottle'], 'bottle'),
    listen: listenAddress(fields['listen']),
    ...(fields['transparent'] !== undefined && { transparent: transparentAddress(fields['transparent']) }),
    ...(fields['resolver'] !== undefined && { resolver: resolverAddress(fields['resolver']) }),
    routes: list(fields['routes'], 'routes', route),
    secrets: secrets as Record<string, string>,
    extraCertificateAuthorities: list(
      fields['extraCertificateAuthorities'],
      'extraCertificateAuthorities',
      text,
    ),
    nameServers: list(fields['nameServers'], 'nameServers', text),
    unknownHost: oneOf(fields['unknownHost'], 'unknownHost', ['block', 'supervise']),
    holdTimeout: duration(fields['holdTimeout'], 'holdTimeout'),
  };
  for (const { host, auth, headers } of configuration.routes) {
    const names = headers.flatMap((header) => ('secret' in header ? [header.secret] : []));
    for (const name of auth ? [auth.secret, ...names] : names) {
      if (!Object.hasOwn(configuration.secrets, name) || configuration.secrets[name] === '') {
        fail(`routes[${host}]`, `the secret ${name} has no value`);
      }
    }
  }
  return configuration;
}

function listenAddress(value: unknown): ListenAddress {
  const fields = object(value, 'listen');
  if ('socketPath' in fields) return { socketPath: text(fields['socketPath'], 'listen.socketPath') };
  return { host: text(fields['host'], 'listen.host'), port: port(fields['port'], 'listen.port') };
}

function transparentAddress(value: unknown): NonNullable<SidecarConfiguration['transparent']> {
  const fields = object(value, 'transparent');
  return {
    host: text(fields['host'], 'transparent.host'),
    https: port(fields['https'], 'transparent.https'),
    http: port(fields['http'], 'transparent.http'),
  };
}

function resolverAddress(value: unknown): NonNullable<SidecarConfiguration['resolver']> {
  const fields = object(value, 'resolver');
  const answer = text(fields['answer'], 'resolver.answer');
  if (!isIPv4(answer)) fail('resolver.answer', 'not an IPv4 address');
  return { host: text(fields['host'], 'resolver.host'), port: port(fields['port'], 'resolver.port'), answer };
}

function route(value: unknown, where: string): Route {
  const fields = object(value, where);
  const { connectTo, certificateAuthority, matches, auth } = fields;
  return {
    host: text(fields['host'], `${where}.host`),
    scheme: oneOf(fields['scheme'], `${where}.scheme`, ['https', 'http']),
    matches: matches === null ? null : list(matches, `${where}.matches`, requestMatch),
    auth: auth === null ? null : routeAuth(auth, `${where}.auth`),
    headers: list(fields['headers'], `${where}.headers`, routeHeader),
    gitFetch: flag(fields['gitFetch'], `${where}.gitFetch`),
    doh: flag(fields['doh'], `${where}.doh`),
    dlp: routeDlp(fields['dlp'], `${where}.dlp`),
    connectTo: connectTo === null ? null : dialAddress(connectTo, `${where}.connectTo`),
    private: flag(fields['private'], `${where}.private`),
    certificateAuthority:
      certificateAuthority === null ? null : text(certificateAuthority, `${where}.certificateAuthority`),
  };
}

function requestMatch(value: unknown, where: string): RequestMatch {
  const { paths, methods, headers } = object(value, where);
  return {
    ...(paths === undefined ? {} : { paths: list(paths, `${where}.paths`, pathMatch) }),
    ...(methods === undefined ? {} : { methods: list(methods, `${where}.methods`, text) }),
    ...(headers === undefined ? {} : { headers: list(headers, `${where}.headers`, headerMatch) }),
  };
}

function pathMatch(value: unknown, where: string): PathMatch {
  const fields = object(value, where);
  return {
    type: oneOf(fields['type'], `${where}.type`, ['prefix', 'exact', 'regex']),
    value: text(fields['value'], `${where}.value`),
  };
}

function headerMatch(value: unknown, where: string): HeaderMatch {
  const fields = object(value, where);
  return {
    name: headerName(fields['name'], `${where}.name`),
    value: text(fields['value'], `${where}.value`),
    type: oneOf(fields['type'], `${where}.type`, ['exact', 'regex']),
  };
}

function routeAuth(value: unknown, where: string): RouteAuth {
  const fields = object(value, where);
  return {
    scheme: oneOf(fields['scheme'], `${where}.scheme`, ['Bearer', 'token', 'Basic']),
    secret: text(fields['secret'], `${where}.secret`),
  };
}

function routeHeader(value: unknown, where: string): RouteHeader {
  const fields = object(value, where);
  const name = headerName(fields['name'], `${where}.name`);
  if ('secret' in fields) return { name, secret: text(fields['secret'], `${where}.secret`) };
  return { name, value: headerText(fields['value'], `${where}.value`) };
}

function routeDlp(value: unknown, where: string): RouteDlp {
  const { outbound, inbound, outboundOnMatch, inboundOnMatch } = object(value, where);
  const detector = (name: unknown, place: string): string => {
    const written = text(name, place);
    return isDetectorName(written) ? written : fail(place, 'no detector has this name');
  };
  return {
    outbound: outbound === null ? null : list(outbound, `${where}.outbound`, detector),
    inbound: inbound === null ? null : list(inbound, `${where}.inbound`, detector),
    outboundOnMatch: oneOf(outboundOnMatch, `${where}.outboundOnMatch`, ['supervise', 'redact', 'block']),
    inboundOnMatch: oneOf(inboundOnMatch, `${where}.inboundOnMatch`, ['block', 'supervise', 'warn']),
  };
}

function dialAddress(value: unknown, where: string): { host: string; port: number } {
  const fields = object(value, where);
  return { host: text(fields['host'], `${where}.host`), port: port(fields['port'], `${where}.port`) };
}

function object(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return fail(where, 'not an object');
}

function list<T>(value: unknown, where: string, member: (value: unknown, where: string) => T): T[] {
  if (!Array.isArray(value)) return fail(where, 'not a list');
  return value.map((entry, index) => member(entry, `${where}[${index}]`));
}

function text(value: unknown, where: string): string {
  return typeof value === 'string' ? value : fail(where, 'not a text');
}

function flag(value: unknown, where: string): boolean {
  return typeof value === 'boolean' ? value : fail(where, 'neither true nor false');
}

function port(value: unknown, where: string): number {
  const valid = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
  return valid ? Number(value) : fail(where, 'not a port');
}

/** Milliseconds, at most what a timer can count. */
function duration(value: unknown, where: string): number {
  const valid = Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
  return valid ? Number(value) : fail(where, 'not a duration');
}

function oneOf<const T extends string>(value: unknown, where: string, choices: readonly T[]): T {
  return choices.find((choice) => choice === value) ?? fail(where, `none of ${choices.join(', ')}`);
}

/** RFC 9110, 5.1. */
function headerName(value: unknown, where: string): string {
  const name = text(value, where);
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ? name : fail(where, 'not a header name');
}

/** RFC 9110, 5.5: no control characters; nothing that Latin-1 can't carry. */
function headerText(value: unknown, where: string): string {
  const content = text(value, where);
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(content) ? content : fail(where, 'not fit for a header');
}
