import { describe, expect, it } from 'vitest';
import { alphabets, entropy, memberships } from '../../../src/policy/scan/alphabet.js';
import type { Detector } from '../../../src/policy/scan/detector.js';
import { createScanner } from '../../../src/policy/scan/scanner.js';
import { lookForTokens } from '../../../src/policy/scan-rules/look.js';
import { patternRules, prefixRules, triggersOf } from '../../../src/policy/scan-rules/match.js';
import type { PatternRule, PrefixRule } from '../../../src/policy/scan-rules/rule.js';
import { fromPattern, seeded } from '../../support/from-pattern.js';

const structured: Detector = {
  name: 'structured',
  summary: 'what the rules find by themselves',
  direction: 'outbound',
  decodes: false,
  prepare: () => (view, scene, report) =>
    lookForTokens(view, scene, (sighting) => {
      if (sighting.class === 'structured') report(sighting);
    }),
};
const scanner = createScanner([structured], { knownSecrets: [] });
const scan = (text: string) => scanner.scan(Buffer.from(text, 'latin1'), 'body', { plain: true }).findings;

/** Prefixes that stand in no other word. */
const distinctive = new Set(
  triggersOf().triggers.flatMap((trigger) =>
    trigger.kind === 'prefix' && trigger.distinctive ? [Buffer.from(trigger.prefix).toString('latin1')] : [],
  ),
);

/** Whether findings cover the whole of `token`, which stands in `text`. */
function covers(text: string, token: string): boolean {
  const start = text.indexOf(token);
  const end = start + token.length;
  return scan(text).some((finding) => finding.start <= start && finding.end >= end);
}

const membersOf = (rule: PrefixRule): string =>
  Array.from({ length: 128 }, (_, byte) => byte)
    .filter((byte) => (memberships[byte] as number) & alphabets[rule.body])
    .map((byte) => String.fromCharCode(byte))
    .filter((member) => /[0-9A-Za-z]/.test(member))
    .join('');

function bodyOf(rule: PrefixRule, prefix: string, length = rule.min || 40): string {
  const random = seeded(prefix + rule.id);
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const members = membersOf(rule);
    const body =
      rule.shape && length === rule.min
        ? fromPattern(rule.shape, random)
        : Array.from({ length }, () => members.charAt(random(members.length))).join('');
    const last = body.charAt(body.length - 1);
    const bytes = Buffer.from(body);
    const even = entropy(bytes, 0, bytes.length).bits >= (length < rule.min ? 0 : (rule.entropy ?? 0));
    if (even && /\d.*\d/.test(body) && last !== '.') return body;
  }
  throw new Error(`no body for ${rule.id}`);
}

/** What a pattern can't say of the values it accepts. */
const chosen: Readonly<Record<string, string>> = {
  'basic-authorization': `basic ${Buffer.from('deploy:r4Tq-82xLm').toString('base64')}"`,
  'docker-registry-auth': `"auth": "${Buffer.from('deploy:r4Tq-82xLm').toString('base64')}"`,
  'private-key': `-----BEGIN EC PRIVATE KEY-----\n${'q7Wz0'.repeat(16)}\n-----END EC PRIVATE KEY-----`,
  'putty-private-key': `PuTTY-User-Key-File-2: ssh-rsa\n${'q7Wz0'.repeat(16)}\nPrivate-MAC: ${'0a1b2c3d'.repeat(5)}`,
  'kubernetes-secret': `kind: Secret\nmetadata:\n  name: db\ndata:\n  password: ${Buffer.from('r4Tq-82xLm').toString('base64')}\nkind: Secret\n`,
  'database-connection-string': 'postgres://deploy:r4Tq82xLm@db.internal:5432/shop?sslmode=require',
  'okta-api-token': `okta api: 00${'q7Wz0r8YbK3pT6mXc9Ld'.repeat(2)}`,
  'azure-key-signature': `AccountKey ${'q7Wz0r8YbK3pT6mXc9Ld'.repeat(4).slice(0, 76)}+AStq7Wz0r==`,
  'blynk-token': 'https://blynk.cloud/external/api/get?token=q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJ&v1',
  'sumologic-access-id': 'sumo_access_id = "suQ7wZ0r8YbK3p"',
  'truenas-key': `login_with_api_key, params: ["4-${'q7Wz0r8YbK3pT6mX'.repeat(4)}"]`,
  'twitter-access-token': `twitter: 7348291056-${'q7Wz0r8YbK'.repeat(4)}`,
  'codeclimate-reporter-id': `CC_TEST_REPORTER_ID=${'0a7b3c9d1e5f8264'.repeat(4)}`,
  'vault-old-token': 'VAULT_TOKEN=s.q7Wz0r8YbK3pT6mXc9LdV2nH',
  'telegram-bot-token': 'telegram_token: 7348291:A3q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJw',
  'figma-old-token': 'FIGMA_TOKEN=51894-0a7b3c9d-1e5f-8264-97bc-30d1f5a2846e',
  'dropbox-old-token': `dropbox token: q7Wz0r8YbK3${'A'.repeat(10)}${'pT6mXc9Ld'.repeat(5).slice(0, 43)}`,
  'bitwarden-access-token':
    'BWS_ACCESS_TOKEN=0.0a7b3c9d-1e5f-8264-97bc-30d1f5a2846e.q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4R:aJwE1uBkZ8QhN6tYvGxM3o==',
  'infisical-token': `INFISICAL_TOKEN=st.${'0a7b3c9d1e5f8264'.repeat(5).replace(/^(.{24})(.{32})/, '$1.$2.')}`,
  'contentstack-token': `contentstack token: cs${'0a7b3c9d1e5f8264'.repeat(2)}`,
  'sanity-named-token': `SANITY_TOKEN=sk${'q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJ'.repeat(3)}`,
  'numbered-model-key': `ZHIPU_KEY: ${'0a7b3c9d1e5f8264'.repeat(2)}.q7Wz0r8YbK3pT6mX`,
  'codefresh-key': `CODEFRESH_KEY=${'0a7b3c9d1e5f8264'.repeat(4).replace(/^(.{24})(.{32}).*/, '$1.$2')}`,
  'webex-token': `webex bot: ${'q7Wz0r8YbK3pT6mX'.repeat(4)}_PF84_0a7b3c9d-1e5f-8264-97bc-30d1f5a2846e`,
  'url-with-password': 'https://deploy:r4Tq82xLm@build.internal/job/7',
  'mapbox-named-token': `mapbox: pk.${'q7Wz0r8YbK3pT6mX'.repeat(4)}.x7`,
  'airtable-named-key': 'AIRTABLE_API_KEY=keyq7Wz0r8YbK3pT6',
  'twilio-named-key': `twilio: SK${'0a7B3c9D1e5F8264'.repeat(2)}`,
  'telnyx-named-key': `TELNYX_API_KEY=KEY${'q7Wz0r8YbK3pT6mXc9Ld'.repeat(3).slice(0, 55)}`,
  'stellar-secret-seed': `stellar seed = S${'BQ7ZK3WX5YHD2MNLPRTVA4CEFGJ6UI'.repeat(2).slice(0, 55)}`,
};

describe.each(prefixRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it.each(rule.prefixes)('is found behind %s', (prefix) => {
    const body =
      id === 'openai-project-key'
        ? `${bodyOf({ ...rule, min: 40 }, prefix, 30)}T3BlbkFJ${'q7Wz0r8Y'.repeat(5)}`
        : bodyOf(rule, prefix);
    const token = prefix + body;
    expect(covers(`value: ${token}\n`, token)).toBe(true);
    expect(covers(`{"value":"${token}"}`, token)).toBe(true);
  });

  it('is not found where a placeholder stands, or half of it', () => {
    for (const prefix of rule.prefixes) {
      const mask = 'x'.repeat(Math.max(rule.min, 12));
      for (const text of [`value: ${prefix}${mask}\n`, `value: ${prefix}\${TOKEN}\n`])
        expect(scan(text).filter(({ rule: by }) => by === id)).toEqual([]);
      if (rule.min < 16 || rule.shape) continue;
      const half = bodyOf(rule, prefix, Math.floor(rule.min / 2));
      expect(scan(`value: ${prefix}${half}\n`).filter(({ rule: by }) => by === id)).toEqual([]);
    }
  });

  it('is another thing where it goes on, unless its prefix is unmistakable', () => {
    for (const prefix of rule.prefixes) {
      if (rule.min !== rule.max || rule.checksum || rule.shape) continue;
      if (distinctive.has(prefix) && prefix.length >= 6) continue;
      const body = bodyOf(rule, prefix);
      const longer = `${prefix}${body}${body.slice(0, 3).replace(/[^0-9A-Za-z]/g, 'a')}`;
      expect(scan(`value: ${longer}\n`).filter(({ rule: by }) => by === id)).toEqual([]);
    }
  });
});

describe.each(patternRules.filter(({ thorough }) => !thorough).map((rule) => [rule.id, rule] as const))(
  '%s',
  (id, rule: PatternRule) => {
    it('is found where its pattern says', () => {
      const random = seeded(id);
      const texts = chosen[id]
        ? [chosen[id]]
        : Array.from({ length: 24 }, () => fromPattern(rule.pattern, random));
      const found = texts.filter((text) => scan(`# settings\n${text}\n`).length > 0);
      // A made-up value may by chance be short of entropy or look like a placeholder; most are found.
      expect(found.length).toBeGreaterThanOrEqual(Math.ceil(texts.length / 2));
    });

    it('is not found where only its keyword stands', () => {
      for (const keyword of rule.keywords)
        for (const text of [
          `see ${keyword} for more\n`,
          `${keyword}\${TOKEN}\n`,
          `${keyword}${'x'.repeat(40)}\n`,
        ])
          expect(scan(text).filter(({ rule: by }) => by === id)).toEqual([]);
    });
  },
);
