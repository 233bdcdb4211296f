import { quoted } from '../code-frame.js';
import { type Checked, wrong } from './scope.js';

const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * Variables by which programs find the proxy and its certificate, or by which code gets into the first process of
 * the sandbox, which proves the walls. The bottle sets them; a manifest may not. Compared without regard to case.
 */
const owned: ReadonlySet<string> = new Set([
  'ALL_PROXY',
  'AWS_CA_BUNDLE',
  'CARGO_HTTP_CAINFO',
  'CARGO_HTTP_PROXY',
  'CURL_CA_BUNDLE',
  'DENO_CERT',
  'DENO_TLS_CA_STORE',
  'ELECTRON_RUN_AS_NODE',
  'FTP_PROXY',
  'GIT_SSL_CAINFO',
  'GIT_SSL_NO_VERIFY',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  'GRPC_PROXY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_USE_ENV_PROXY',
  'NO_PROXY',
  'NPM_CONFIG_CAFILE',
  'NPM_CONFIG_HTTPS_PROXY',
  'NPM_CONFIG_NOPROXY',
  'NPM_CONFIG_PROXY',
  'PIP_CERT',
  'PIP_PROXY',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'WSS_PROXY',
  'WS_PROXY',
]);
const ownedPrefixes = ['LD_', 'DYLD_', 'BOT_BOTTLE_'];

/** The name of a variable that holds a secret. What is no name may be the secret itself, and isn't repeated. */
export function checkSecretName(name: string): Checked<string> {
  if (variableName.test(name)) return { ok: true, value: name };
  const hint = 'write the name of the variable that holds the secret, never the secret itself';
  return wrong('invalid-variable-name', 'this is not the name of an environment variable', hint);
}

/** The name of a variable that `env` may set. */
export function checkAgentVariable(name: string): Checked<string> {
  if (!variableName.test(name)) {
    const hint = 'a name has letters, digits and _, and no digit in front';
    return wrong('invalid-variable-name', `${quoted(name)} is not the name of an environment variable`, hint);
  }
  const upper = name.toUpperCase();
  if (!owned.has(upper) && !ownedPrefixes.some((prefix) => upper.startsWith(prefix)))
    return { ok: true, value: name };
  return wrong('owned-variable', `the variable ${quoted(name)} is the bottle's own`, 'take it out of env');
}

const longestValue = 32 * 1024;

export function checkVariableValue(value: string): Checked<string> {
  if (value.includes('\0')) return wrong('invalid-variable-value', 'a variable cannot hold NUL');
  if (value.length > longestValue) {
    return wrong('invalid-variable-value', `the value is longer than ${longestValue} characters`);
  }
  return { ok: true, value };
}
