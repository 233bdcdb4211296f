/**
 * Headers by which frameworks and servers behind a proxy let a client say another method, path, host or address than
 * the request's own. What was decided on must be what the upstream acts on: they are taken off on every route.
 */
const names = new Set([
  // Method.
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-method',
  'x-original-method',
  'http-method-override',
  // Path.
  'x-original-url',
  'x-original-uri',
  'x-original-path',
  'x-rewrite-url',
  'x-rewrite-uri',
  'x-override-url',
  'x-request-uri',
  'x-envoy-original-path',
  'x-http-path-override',
  'x-http-destinationurl',
  'x-arr-original-url',
  'x-waws-unencoded-url',
  // Host.
  'x-original-host',
  'x-host',
  'x-http-host-override',
  'x-backend-host',
  // The client as an earlier proxy saw it.
  'forwarded',
  'x-forwarded',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-cluster-client-ip',
  'x-originating-ip',
  'x-remote-ip',
  'x-remote-addr',
]);

/** @param name in lower case, with hyphens for every other sign */
export function rewritesRequest(name: string): boolean {
  return names.has(name) || name.startsWith('x-forwarded-');
}
