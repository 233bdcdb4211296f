import type { Route, RouteAuth, RouteDlp, RouteHeader } from '../contract/route.js';
import { checkFilePath } from './check/file-path.js';

import { checkHeaderValue, checkSetHeaderName } from './check/header.js';
import { checkConnectTo, checkHost } from './check/host.js';
import { checkMatches, type WrittenMatch } from './check/match.js';
import { accepted, placeAt, refuse, type Scope } from './check/scope.js';
import { checkSecretName } from './check/variable.js';
import { quoted } from './code-frame.js';
import { pointerTo } from './document.js';
import type { RouteLayer, Written } from './layer.js';

interface WrittenHeader {
  readonly name: string;
  readonly value?: string;
  readonly value_ref?: string;
}

interface WrittenDlp {
  readonly outbound_detectors?: boolean | readonly string[] | null;
  readonly inbound_detectors?: boolean | readonly string[] | null;
  readonly outbound_on_match?: RouteDlp['outboundOnMatch'] | null;
  readonly inbound_on_match?: RouteDlp['inboundOnMatch'] | null;
}

/** A route as its schema leaves it. */
export interface WrittenRoute {
  readonly host: string;
  readonly remove?: true;
  readonly scheme?: Route['scheme'] | null;
  readonly auth?: { readonly scheme: RouteAuth['scheme']; readonly token_ref: string } | null;
  readonly headers?: readonly WrittenHeader[] | null;
  readonly matches?: readonly WrittenMatch[] | null;
  readonly git?: { readonly fetch?: boolean | null } | null;
  readonly doh?: boolean | null;
  readonly dlp?: WrittenDlp | null;
  readonly connect_to?: string | null;
  readonly private?: boolean | null;
  readonly ca_file?: string | null;
}

/** Checks the routes of one file and keeps them by canonical host. */
export function compileRoutes(
  scope: Scope,
  routes: readonly WrittenRoute[],
  userHome: string,
): ReadonlyMap<string, RouteLayer> {
  const byHost = new Map<string, RouteLayer>();
  for (const [index, route] of routes.entries()) {
    const pointer = pointerTo('/egress/routes', index);
    const host = accepted(scope, `${pointer}/host`, checkHost(route.host));
    const layer = compileRoute(scope, pointer, route, userHome);
    if (host === null) continue;
    if (byHost.has(host)) {
      const message = `a second entry for the host ${quoted(host)}`;
      refuse(scope, `${pointer}/host`, {
        code: 'duplicate-host',
        message,
        hint: 'one entry a host: join the two',
      });
      continue;
    }
    byHost.set(host, layer);
  }
  return byHost;
}

function compileRoute(scope: Scope, pointer: string, route: WrittenRoute, userHome: string): RouteLayer {
  const entry = { place: placeAt(scope, `${pointer}/host`), bottles: [scope.file.name] };
  if (route.remove) {
    const extra = Object.keys(route).find((key) => key !== 'host' && key !== 'remove');
    if (extra !== undefined) {
      const message = `${quoted(extra)} stands beside 'remove'`;
      scope.report(
        'remove-with-more',
        placeAt(scope, pointerTo(pointer, extra), 'key'),
        message,
        'keep one of them',
      );
    }
    return { ...entry, reset: true, removed: true, values: {} };
  }
  const written = <Raw, Value>(
    key: string,
    raw: Raw | null | undefined,
    compile: (raw: Raw, at: string) => Value | null,
  ): Written<Value> | undefined => {
    const at = `${pointer}/${key}`;
    if (raw === undefined) return undefined;
    return { value: raw === null ? null : compile(raw, at), place: placeAt(scope, at, 'key') };
  };
  const asIs = <Value>(value: Value) => value;
  const { dlp } = route;
  const ofDlp = <Raw, Value>(
    key: keyof WrittenDlp,
    raw: Raw | null | undefined,
    compile: (raw: Raw) => Value | null,
  ) => (dlp === null ? written<Raw, Value>('dlp', null, compile) : written(`dlp/${key}`, raw, compile));
  return {
    ...entry,
    reset: false,
    removed: false,
    values: withoutUndefined({
      scheme: written('scheme', route.scheme, asIs),
      matches: written('matches', route.matches, (matches, at) => checkMatches(scope, at, matches)),
      auth: written('auth', route.auth, ({ scheme, token_ref }, at) => {
        const secret = acceptedSecretName(scope, `${at}/token_ref`, token_ref);
        return secret === null ? null : { scheme, secret };
      }),
      headers: written('headers', route.headers, (headers, at) => compileHeaders(scope, at, headers)),
      gitFetch:
        route.git === null
          ? written<never, boolean>('git', null, asIs)
          : written('git/fetch', route.git?.fetch, asIs),
      doh: written('doh', route.doh, asIs),
      outboundDetectors: ofDlp('outbound_detectors', dlp?.outbound_detectors, detectorNames),
      inboundDetectors: ofDlp('inbound_detectors', dlp?.inbound_detectors, detectorNames),
      outboundOnMatch: ofDlp('outbound_on_match', dlp?.outbound_on_match, asIs),
      inboundOnMatch: ofDlp('inbound_on_match', dlp?.inbound_on_match, asIs),
      connectTo: written('connect_to', route.connect_to, (text, at) =>
        accepted(scope, at, checkConnectTo(text)),
      ),
      private: written('private', route.private, asIs),
      caFile: written('ca_file', route.ca_file, (text, at) =>
        accepted(scope, at, checkFilePath('invalid-ca-file', text, scope.file, userHome)),
      ),
    }),
  };
}

/** Keys without a value must be absent: a merge would take `undefined` for the child's word. */
export function withoutUndefined<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Values]?: Exclude<Values[Key], undefined> };
}

/** null, as where nothing is written: every one. */
function detectorNames(written: boolean | readonly string[]): readonly string[] | null {
  if (written === true) return null;
  return written === false ? [] : [...new Set(written)];
}

function compileHeaders(scope: Scope, pointer: string, headers: readonly WrittenHeader[]): RouteHeader[] {
  const seen = new Set<string>();
  return headers.flatMap((header, index) => {
    const here = pointerTo(pointer, index);
    const name = accepted(scope, `${here}/name`, checkSetHeaderName(header.name));
    if (name !== null && seen.has(name)) {
      const message = `the header ${quoted(header.name)} is set twice`;
      refuse(scope, `${here}/name`, { code: 'duplicate-header', message, hint: 'keep one of them' });
    }
    seen.add(name ?? '');
    const compiled = compileHeader(scope, here, header);
    return compiled === null ? [] : [compiled];
  });
}

function compileHeader(scope: Scope, pointer: string, header: WrittenHeader): RouteHeader | null {
  const { name, value, value_ref: reference } = header;
  if ((value === undefined) === (reference === undefined)) {
    const message = `the header ${quoted(name)} needs 'value' or 'value_ref', and one of them only`;
    refuse(scope, `${pointer}/name`, { code: 'header-source', message });
    return null;
  }
  if (reference !== undefined) {
    const secret = acceptedSecretName(scope, `${pointer}/value_ref`, reference);
    return secret === null ? null : { name, secret };
  }
  const text = accepted(scope, `${pointer}/value`, checkHeaderValue(value ?? ''));
  return text === null ? null : { name, value: text };
}

function acceptedSecretName(scope: Scope, pointer: string, name: string): string | null {
  const checked = checkSecretName(name);
  if (checked.ok) return checked.value;
  scope.report(checked.code, { ...placeAt(scope, pointer), hidden: true }, checked.message, checked.hint);
  return null;
}
