import { defaultDlp, type Route } from '../../src/contract/route.js';

/** A route that says nothing but its host. */
export const plainRoute: Route = {
  host: 'allowed.test',
  scheme: 'https',
  matches: null,
  auth: null,
  headers: [],
  gitFetch: false,
  doh: false,
  dlp: defaultDlp,
  connectTo: null,
  private: false,
  certificateAuthority: null,
};

/** A route whose upstream is a canary on loopback. */
export function routeTo(host: string, port: number, rest: Partial<Route> = {}): Route {
  return { ...plainRoute, host, connectTo: { host: '127.0.0.1', port }, ...rest };
}
