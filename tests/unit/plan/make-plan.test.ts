import { describe, expect, it } from 'vitest';
import { defaultDlp } from '../../../src/contract/route.js';
import type { ResolvedAgent, ResolvedRoute } from '../../../src/manifest/resolved.js';
import { type HostFacts, makePlan } from '../../../src/plan/make-plan.js';
import type { Provider } from '../../../src/plan/ports.js';

const route: ResolvedRoute = {
  host: 'api.example.com',
  scheme: 'https',
  matches: null,
  auth: { scheme: 'Bearer', secret: 'TOKEN' },
  headers: [
    { name: 'x-key', secret: 'KEY' },
    { name: 'x-plain', value: 'v' },
  ],
  gitFetch: false,
  doh: false,
  dlp: defaultDlp,
  connectTo: null,
  private: false,
  caFile: '/etc/own.pem',
  where: 'b.md:4:7',
};
const agent: ResolvedAgent = {
  name: 'reader',
  file: 'reader.md',
  systemPrompt: 'Read.',
  bottle: {
    name: 'b',
    chain: ['a', 'b'],
    provider: 'shell',
    env: { COLOUR: 'blue' },
    gitUser: { name: 'N', email: 'n@example.com' },
    routes: [route, { ...route, host: 'two.example.com' }],
    unknownHost: 'block',
    dockerfile: { path: '/home/me/image/Dockerfile', where: 'b.md:9:5' },
    runtime: { name: 'runsc', where: 'b.md:10:5' },
    resources: { memory: 2 ** 30, cpus: null, pids: 99 },
    routeBottles: {},
  },
};
const provider: Provider = {
  name: 'shell',
  summary: '',
  command: (given) => (given.length > 0 ? given : ['/bin/bash']),
  environment: {},
};
const facts: HostFacts = {
  suffix: 'beef',
  backend: 'bubblewrap',
  workspace: '/home/me/project',
  locale: { TERM: 'xterm', LANG: 'C.UTF-8' },
  certificates: { '/etc/own.pem': 'PEM' },
  extraCertificateAuthorities: [],
  nameServers: [],
  holdTimeout: 300_000,
};

describe('makePlan', () => {
  const plan = makePlan(agent, provider, ['ls'], facts);

  it('names each secret once, with where it is asked for', () => {
    expect(plan.secrets).toEqual([
      { name: 'TOKEN', environmentVariable: 'TOKEN', where: 'b.md:4:7' },
      { name: 'KEY', environmentVariable: 'KEY', where: 'b.md:4:7' },
    ]);
  });

  it('puts the certificates into the routes', () => {
    expect(plan.routes.map(({ certificateAuthority }) => certificateAuthority)).toEqual(['PEM', 'PEM']);
  });

  it('sends every usual proxy variable to the relay, and exempts nothing', () => {
    const url = `http://${plan.proxy.host}:${plan.proxy.port}`;
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']) {
      expect(plan.environment[name]).toBe(url);
    }
    expect(plan.environment).toMatchObject({ NO_PROXY: '', no_proxy: '' });
  });

  it('does not let a manifest move the proxy', () => {
    const moved = makePlan(
      { ...agent, bottle: { ...agent.bottle, env: { HTTPS_PROXY: 'http://evil', NO_PROXY: '*' } } },
      provider,
      [],
      facts,
    );
    expect(moved.environment['HTTPS_PROXY']).toBe('http://127.0.0.1:3128');
    expect(moved.environment['NO_PROXY']).toBe('');
  });

  it('takes the command of the provider where none is given', () => {
    expect(makePlan(agent, provider, [], facts).command).toEqual(['/bin/bash']);
    expect(plan.command).toEqual(['ls']);
  });

  it('takes limits and runtime from the bottle, where the operator says no other runtime', () => {
    expect(plan.resources).toEqual({ memory: 2 ** 30, cpus: null, pids: 99 });
    expect(plan.container).toEqual({ dockerfile: null, runtime: 'runsc' });
    const chosen = makePlan(agent, provider, [], {
      ...facts,
      runtime: 'runc',
      dockerfile: '/real/Dockerfile',
    });
    expect(chosen.container).toEqual({ dockerfile: '/real/Dockerfile', runtime: 'runc' });
  });

  it('is the same for the same input', () => {
    expect(makePlan(agent, provider, ['ls'], facts)).toEqual(plan);
  });
});
