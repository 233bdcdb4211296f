import { type PatternRule, type PrefixRule, prefix, uuid } from './rule.js';

/**
 * Formats that public lists have and the other tables don't: GitHub's 'Supported secret scanning patterns', the default
 * rules of scanners, and the providers' pages on keys that these name. Where a list gives no length, the bounds are wide.
 */
export const toolPrefixes: readonly PrefixRule[] = [
  // Lists of scanners' rules.
  prefix('slack-workspace-token', ['xoxa-2-', 'xoxr-'], 'alnum', 8, 48),
  prefix('facebook-short-access-token', 'EAAC', 'alnum', 27, 69, { entropy: 4.1 }),
  prefix('column-key', ['live_', 'test_'], 'alnum', 27, 27, { entropy: 3.8 }),
  prefix('fleetbase-key', ['flb_live_', 'flb_test_'], 'alnum', 20),
  prefix('flexport-key', 'shltm_', 'dashed', 40),
  prefix('gemini-exchange-key', ['account-', 'master-'], 'alnum', 20, 20, { entropy: 3.6 }),
  prefix('robinhood-key', 'rh-api-', 'dashed', 36, 36, { shape: uuid }),
  prefix('salad-cloud-key', 'salad_cloud_', 'word', 24, 242, { entropy: 3.6 }),
  prefix('sourcegraph-cody-key', ['slk_', 'sgd_', 'sgs_'], 'hex', 64),
  prefix('midise-key', 'midi-', 'alnum', 64, 64, { entropy: 3.6 }),
  prefix('locationiq-key', 'pk.', 'alnum', 32, 32, { entropy: 3.4 }),
  prefix('checkout-com-old-key', ['sk_', 'sk_test_'], 'dashed', 36, 36, { shape: uuid }),
  prefix('voiceflow-key', ['VF.', 'VF.DM.', 'VF.WS.'], 'dotted', 41, 41, {
    shape: /^[0-9a-f]{24}\.[0-9A-Za-z]{16}$/i,
  }),
  // Atlassian, 'HTTP access tokens' of Bitbucket Data Center: base64 of a number of twelve digits, `:` and twenty bytes.
  prefix('bitbucket-data-center-token', 'BBDC-', 'base64', 44),
  // GitHub's list.
  prefix('asaas-token', '$aact_', 'graphic', 60, 250, { entropy: 3.6 }),
  prefix('devcycle-key', ['dvc_server_', 'dvc_client_', 'dvc_mobile_'], 'dashed', 32, 80),
  prefix('dnsimple-token', ['dnsimple_a_', 'dnsimple_u_'], 'alnum', 32, 48),
  prefix('iterative-token', 'isat_', 'alnum', 40, 80),
  prefix('jumpcloud-key', 'jca_', 'alnum', 36),
  prefix('logicmonitor-token', ['lmb_', 'lma_'], 'token', 60, 160, { entropy: 4.2 }),
  prefix('mergify-key', 'mergify_application_key_', 'dashed', 32, 80),
  prefix('nylas-key', 'nyk_v0_', 'alnum', 64),
  prefix('onfido-token', ['api_live.', 'api_live_us.', 'api_live_ca.', 'api_sandbox.'], 'dotted', 40, 80, {
    shape: /^[\w-]{8,20}\.[\w-]{24,60}$/,
  }),
  prefix('persona-key', ['persona_production_', 'persona_sandbox_'], 'dashed', 36, 40),
  prefix(
    'polar-token',
    [
      ...['polar_pat_', 'polar_oat_', 'polar_at_u_', 'polar_rt_u_', 'polar_at_o_', 'polar_rt_o_'],
      ...['polar_cs_', 'polar_crt_', 'polar_us_', 'polar_cst_', 'polar_mst_'],
    ],
    'dashed',
    32,
    80,
  ),
  prefix('samsara-token', 'samsara_api_', 'alnum', 26, 40),
  prefix('thunderstore-token', 'tss_', 'alnum', 36),
  prefix('tigris-secret', 'tsec_', 'token', 48, 90),
  prefix('plain-key', 'plainApiKey_', 'word', 32, 120),
  prefix('letta-key', 'sk-let-', 'token', 40, 140),
];

export const toolPatterns: readonly PatternRule[] = [
  {
    // Square, 'Access tokens': `sq0`, three letters for the kind, and the rest.
    id: 'square-key',
    keywords: ['sq0'],
    run: { alphabet: 'dashed', min: 26 },
    pattern: /sq0[a-z]{3}-[\w-]{22,60}/y,
    entropy: 3.6,
  },
  {
    // Stripe, 'PaymentIntent': a client secret is the intent's id, `_secret_` and the rest.
    id: 'stripe-client-secret',
    keywords: ['_secret_'],
    run: { alphabet: 'alnum', min: 20 },
    back: 'word',
    pattern: /(?:pi|seti|src|cs_(?:live|test))_[0-9A-Za-z]{14,80}_secret_[0-9A-Za-z]{20,80}/y,
    entropy: 3.6,
  },
  {
    // Tableau, 'Personal access tokens': sixteen bytes in base64, `:` and 32 letters and digits.
    id: 'tableau-token',
    keywords: ['==:'],
    run: { alphabet: 'alnum', min: 32 },
    before: 22,
    pattern: /[0-9A-Za-z+/]{22}==:[0-9A-Za-z]{32}(?![0-9A-Za-z])/y,
    entropy: 4,
  },
];
