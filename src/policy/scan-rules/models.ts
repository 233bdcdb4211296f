import { type PatternRule, type PrefixRule, prefix, uuid } from './rule.js';

/**
 * Model providers, the tools around them, and data services. Formats as each provider's page on keys or its own
 * examples show them; where a page gives no length, the bounds are wide.
 */
export const modelPrefixes: readonly PrefixRule[] = [
  prefix('stability-key', 'sk-', 'alnum', 48, 48, { entropy: 4.2 }),
  prefix('mem0-key', 'm0-', 'alnum', 40, 40, { entropy: 3.6 }),
  prefix('llamaindex-key', 'llx-', 'alnum', 40, 64),
  prefix('exa-browserbase-key', 'bb_live_', 'dashed', 24, 40),
  prefix('e2b-key', 'e2b_', 'lowerHex', 40),
  prefix('databento-key', 'db-', 'alnum', 29, 29, { entropy: 3.8 }),
  prefix('daytona-key', 'dtn_', 'lowerHex', 64),
  prefix('context7-key', 'ctx7sk-', 'dashed', 36, 48),
  prefix('chroma-key', 'ck-', 'alnum', 44, 44, { entropy: 4 }),
  prefix('turbopuffer-key', 'tpuf_', 'alnum', 32, 64),
  prefix('anyscale-key', ['esecret_', 'aph0_'], 'alnum', 24, 64),
  prefix('runpod-key', 'rpa_', 'upperAlnum', 36, 50),
  prefix('coze-token', 'pat_', 'alnum', 64, 64, { entropy: 4 }),
  prefix('dify-key', ['app-', 'dataset-'], 'alnum', 24, 24, { entropy: 3.9 }),
  prefix('cartesia-key', 'sk_car_', 'dashed', 20, 48),
  prefix('luma-key', 'luma-', 'dashed', 36, 80),
  prefix('runway-key', 'key_', 'lowerHex', 128),
  prefix('cursor-key', ['key_', 'crsr_'], 'lowerHex', 64),
  prefix('retell-key', 'key_', 'lowerHex', 28),
  prefix('sourcegraph-amp-token', 'sgamp_', 'word', 40, 120),
  prefix('brave-search-key', 'BSA', 'dashed', 28, 28, { entropy: 3.9 }),
  prefix('google-express-key', 'AQ.Ab', 'dashed', 46, 60),
  prefix('portkey-virtual-key', 'pk-live-', 'dashed', 24, 64),
  prefix('lambda-cloud-key', 'secret_', 'dotted', 56, 80, {
    entropy: 4,
    shape: /^[\w-]{1,40}_[0-9a-f]{32}\.[0-9A-Za-z]{32}$/,
  }),
  prefix('greptile-key', 'grpt_', 'word', 32, 64),
  prefix('inngest-key', ['signkey-prod-', 'signkey-test-', 'signkey-branch-'], 'lowerHex', 32, 64),
  prefix('materialize-password', 'mzp_', 'lowerHex', 64),
  prefix('dbt-cloud-token', ['dbtc_', 'dbtu_', 'dbts_'], 'dashed', 36, 72),
  prefix('hex-token', ['hxtp_', 'hxtw_'], 'lowerHex', 64),
  prefix('confluent-secret', 'cflt', 'base64', 60, 60, { entropy: 4.2 }),
  prefix('clickhouse-cloud-secret', '4b1d', 'alnum', 38, 38, { entropy: 3.9 }),
  prefix('convex-key', ['prod:', 'dev:', 'project:'], 'token', 80, 260, { entropy: 4.4 }),
  prefix('upstash-key', ['qstash_', 'UPSTASH_'], 'alnum', 40, 64),
  prefix('unkey-root-key', 'unkey_', 'alnum', 20, 40),
  prefix('trello-token', 'ATTA', 'alnum', 64, 72, { entropy: 3.4 }),
  prefix('cal-com-key', ['cal_live_', 'cal_test_'], 'lowerHex', 32),
  prefix('gitbook-token', 'gb_api_', 'alnum', 40),
  prefix('wakatime-key', 'waka_', 'dashed', 36, 36, { shape: uuid }),
  prefix('wakatime-token', ['waka_sec_', 'waka_tok_', 'waka_ref_'], 'alnum', 64, 96),
  prefix('retool-token', 'retool_01', 'dashed', 20, 60),
  prefix('gitpod-token', 'gitpod_pat_', 'dotted', 40, 120),
  prefix('deno-deploy-token', ['ddp_', 'ddo_', 'ddw_'], 'alnum', 36),
  prefix('honeybadger-key', ['hbp_', 'hbu_'], 'alnum', 32, 44),
  prefix('checkly-key', 'cu_', 'lowerHex', 32),
  prefix('stackhawk-key', 'hawk.', 'dotted', 41, 41, { shape: /^[\w-]{20}\.[\w-]{20}$/ }),
  prefix('snyk-token', ['snyk_uat.', 'snyk_sat.'], 'dotted', 40, 200),
  prefix('socket-token', 'sktsec_', 'dashed', 32, 80),
  prefix('endor-labs-key', 'endr+', 'alnum', 16),
  prefix('deepsource-token', 'dsp_', 'lowerHex', 40),
  prefix('chromatic-token', 'chpt_', 'lowerHex', 15, 40),
  prefix('gitguardian-key', 'gg_', 'alnum', 60, 80),
];

export const modelPatterns: readonly PatternRule[] = [
  {
    id: 'fal-key',
    keywords: ['fal_key', 'fal-key'],
    pattern: /fal[_-]key["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[0-9a-f-]{36}:[0-9a-f]{32})/iy,
  },
  {
    id: 'firebase-server-key',
    keywords: [':apa91b'],
    pattern: /AAAA[\w-]{7}:APA91b[\w-]{120,140}/y,
    before: 11,
  },
  {
    id: 'ghost-admin-key',
    keywords: ['ghost'],
    pattern:
      /ghost[\w.-]{0,40}["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[0-9a-f]{24}:[0-9a-f]{64})(?![0-9a-f])/iy,
  },
];
