import { describe, expect, it } from 'vitest';
import { agentEnvironment, type EnvironmentSources } from '../../../src/plan/environment.js';

const sources: EnvironmentSources = {
  proxy: { host: '127.0.0.1', port: 3128 },
  locale: { TERM: 'xterm', LANG: 'de_DE.UTF-8' },
  gitUser: { name: 'N', email: 'n@example.com' },
  provider: {},
  manifest: {},
};

describe('agentEnvironment', () => {
  it('names its own certificates to every program that has a variable for them', () => {
    const environment = agentEnvironment(sources);
    for (const name of [
      'SSL_CERT_FILE',
      'NODE_EXTRA_CA_CERTS',
      'REQUESTS_CA_BUNDLE',
      'CURL_CA_BUNDLE',
      'GIT_SSL_CAINFO',
      'npm_config_cafile',
    ]) {
      expect(environment[name]).toBe('/run/bot-bottle/ca-certificates.crt');
    }
  });

  it('lets no manifest move the proxy, the certificates or the home', () => {
    const manifest = {
      NO_PROXY: '*',
      https_proxy: 'http://evil',
      SSL_CERT_FILE: '/x',
      HOME: '/x',
      GIT_CONFIG_COUNT: '0',
    };
    expect(agentEnvironment({ ...sources, manifest })).toEqual(agentEnvironment(sources));
  });

  it('keeps a manifest’s NODE_OPTIONS behind its own', () => {
    const environment = agentEnvironment({
      ...sources,
      manifest: { NODE_OPTIONS: '--max-old-space-size=4096' },
    });
    expect(environment['NODE_OPTIONS']).toBe(
      '--require=/run/bot-bottle/node-proxy.cjs --max-old-space-size=4096',
    );
  });

  it('passes the operator’s language on and says who commits', () => {
    expect(agentEnvironment(sources)).toMatchObject({
      LANG: 'de_DE.UTF-8',
      TERM: 'xterm',
      GIT_AUTHOR_NAME: 'N',
    });
    expect(agentEnvironment({ ...sources, locale: {}, gitUser: null })).not.toHaveProperty('GIT_AUTHOR_NAME');
  });
});
