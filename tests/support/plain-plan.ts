import type { BottlePlan } from '../../src/plan/plan.js';

/** Of a bottle that is never started. */
export const plainPlan: BottlePlan = {
  id: 'followed-0001',
  agent: 'followed',
  bottles: ['plain'],
  provider: 'shell',
  backend: 'bubblewrap',
  command: ['true'],
  systemPrompt: '',
  environment: {},
  workspace: { source: '/nowhere', target: '/workspace', protectedPaths: [] },
  proxy: { host: '127.0.0.1', port: 3128 },
  routes: [],
  unknownHost: 'block',
  holdTimeout: 1000,
  secrets: [],
  extraCertificateAuthorities: [],
  nameServers: [],
};
