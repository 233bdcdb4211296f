import { join } from 'node:path';
import { expect, it } from 'vitest';
import { namesOf, resolveAgent, validateAll } from '../../../src/manifest/resolve.js';
import { manifestsIn } from '../../support/manifests.js';

const examples = manifestsIn(join(import.meta.dirname, '../../../bottles-examples'));
const expected: Readonly<Record<string, readonly string[]>> = {
  claude: ['api.anthropic.com'],
  codex: ['api.openai.com'],
  demo: ['api.demo.example'],
  'gitea-dev': ['api.anthropic.com', 'gitea.dev.example'],
  'npm-install-only': ['registry.npmjs.org'],
  triage: ['api.github.com', 'developer.mozilla.org', 'logs.example.com'],
};

it('are all valid, and each bottle has its agent', () => {
  expect(validateAll(examples)).toEqual([]);
  expect(namesOf('bottle', examples)).toEqual(Object.keys(expected));
  expect(namesOf('agent', examples)).toEqual(Object.keys(expected));
});

it.each(Object.keys(expected))('%s reaches what it says', (name) => {
  const { bottle, systemPrompt } = resolveAgent(name, examples);
  expect(bottle.name).toBe(name);
  expect(bottle.routes.map(({ host }) => host)).toEqual(expected[name]);
  expect(systemPrompt).not.toBe('');
});

it('demo lets out reading below /v1/ with a token', () => {
  expect(resolveAgent('demo', examples).bottle.routes[0]).toMatchObject({
    auth: { scheme: 'Bearer', secret: 'DEMO_TOKEN' },
    matches: [{ methods: ['GET'], paths: [{ type: 'prefix', value: '/v1/' }] }],
  });
});

it('triage has a policy for each route, and asks about other hosts', () => {
  const { bottle } = resolveAgent('triage', examples);
  expect(bottle.routes.map(({ dlp }) => [dlp.outboundOnMatch, dlp.inboundOnMatch])).toEqual([
    ['block', 'supervise'],
    ['supervise', 'warn'],
    ['redact', 'block'],
  ]);
  expect(bottle.unknownHost).toBe('supervise');
});
