import { type PatternRule, type PrefixRule, prefix } from './rule.js';

/** Clusters, networks, wallets and clouds beside the large ones: formats as the providers' pages or source show them. */
export const platformPrefixes: readonly PrefixRule[] = [
  prefix('openshift-token', 'sha256~', 'dashed', 43, 43),
  prefix('portainer-token', 'ptr_', 'base64', 43, 44),
  prefix('pterodactyl-key', ['ptla_', 'ptlc_'], 'alnum', 43),
  prefix('netbird-token', 'nbp_', 'alnum', 36, 36),
  prefix('cloudflare-tunnel-token', 'eyJhIjoi', 'base64', 120, 400),
  prefix('kong-konnect-token', ['kpat_', 'spat_'], 'alnum', 40, 80),
  prefix('zuplo-key', 'zpka_', 'word', 32, 60),
  prefix('akamai-edgegrid-token', 'akab-', 'dashed', 33, 33, { shape: /^[0-9a-z]{16}-[0-9a-z]{16}$/ }),
  prefix('volcengine-access-key', 'AKLT', 'alnum', 40, 48, { entropy: 3.8 }),
  prefix('baidu-cloud-key', ['bce-v3/ALTAK-', 'ALTAK-'], 'token', 21, 80),
  prefix('jd-cloud-key', 'JDC_', 'upperAlnum', 28, 28),
  prefix('yandex-oauth-token', ['y0_', 'y1_', 'y2_', 'y3_'], 'dashed', 50, 64, { entropy: 4 }),
  prefix('yandex-iam-token', 't1.', 'token', 60, 300, {
    entropy: 4.2,
    shape: /^[\w-]{1,200}={0,2}\.[\w-]{86}={0,2}$/,
  }),
  prefix('gitlab-workspace-token', 'glwt-', 'dashed', 20, 64),
  prefix('crates-io-token', 'cio', 'alnum', 32, 32, { entropy: 3.8 }),
  prefix('extended-private-key', ['xprv9', 'yprv', 'zprv', 'tprv8'], 'alnum', 100, 108, { entropy: 4.5 }),
  prefix('phabricator-token', ['api-', 'cli-', 'cert-'], 'lowerAlnum', 28, 28, { entropy: 3.6 }),
  prefix('scalr-token', 'scalr_', 'token', 60, 260),
  prefix('spacelift-key', 'spcl_', 'word', 30, 80),
  prefix('env0-key', 'env0_', 'word', 20, 60),
  prefix('grafbase-token', 'glpt_', 'word', 40, 80),
  prefix('hashicorp-cloud-secret', 'hcp.', 'dotted', 60, 400),
  prefix('replit-token', 'replit_', 'dashed', 40, 120),
  prefix('expo-token', 'expo_', 'dashed', 36, 48),
  prefix('nx-cloud-token', 'nxc_', 'alnum', 30, 60),
  prefix('anaconda-token', 'pd-', 'dashed', 36, 36, {
    entropy: 3.4,
    shape: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/,
  }),
];

export const platformPatterns: readonly PatternRule[] = [
  {
    id: 'rancher-token',
    keywords: ['token-'],
    pattern: /token-[0-9a-z]{5}:[0-9a-z]{54}(?![0-9a-z])/y,
  },
  {
    id: 'proxmox-token',
    keywords: ['pveapitoken='],
    pattern:
      /PVEAPIToken=[\w.@-]{3,64}![\w.-]{1,64}=(?<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/iy,
  },
  {
    id: 'openvpn-static-key',
    keywords: ['-----begin openvpn static key'],
    pattern: /-----BEGIN OpenVPN Static key V1-----[\s0-9a-fA-F\\nr]{400,700}-----END/iy,
    window: 900,
    certain: true,
  },
  {
    id: 'stellar-secret-seed',
    keywords: ['stellar', 'soroban'],
    pattern: /(?:stellar|soroban)[^\n]{0,60}?(?<![0-9A-Z])(?<secret>S[A-D][A-Z2-7]{54})(?![0-9A-Z])/iy,
    spent: 'line',
    entropy: 3.6,
  },
  {
    id: 'docker-registry-auth',
    keywords: ['"auth"'],
    pattern: /"auth"\s{0,4}:\s{0,4}"(?<secret>[0-9A-Za-z+/]{12,400}={0,2})"/y,
    window: 440,
    accept: (secret) =>
      /^[\x21-\x7e]{1,120}:[\x20-\x7e]{3,300}$/.test(Buffer.from(secret, 'base64').toString('latin1')),
  },
  {
    id: 'netrc-password',
    keywords: ['machine '],
    pattern:
      /machine\s{1,3}[\w.-]{3,120}\s{1,8}login\s{1,3}[^\s]{1,120}\s{1,8}password\s{1,3}(?<secret>[^\s]{8,200})/iy,
    window: 500,
    spent: 'line',
    entropy: 2.6,
    unlikeWords: true,
  },
  {
    id: 'oanda-token',
    keywords: ['oanda'],
    pattern: /oanda[^\n]{0,60}?(?<![0-9a-f])(?<secret>[0-9a-f]{32}-[0-9a-f]{32})(?![0-9a-f])/iy,
    spent: 'line',
  },
];
