import { type PatternRule, type PrefixRule, prefix, uuid } from './rule.js';

/** Clusters, networks, wallets and clouds beside the large ones: formats as the providers' pages or source show them. */
export const platformPrefixes: readonly PrefixRule[] = [
  prefix('openshift-token', 'sha256~', 'dashed', 43, 43),
  prefix('portainer-token', 'ptr_', 'base64', 43, 44),
  prefix('pterodactyl-key', ['ptla_', 'ptlc_', 'pacc_', 'papp_'], 'alnum', 43),
  prefix('netbird-token', 'nbp_', 'alnum', 36, 36),
  prefix('cloudflare-tunnel-token', 'eyJhIjoi', 'base64', 120, 400),
  prefix('kong-konnect-token', ['kpat_', 'spat_'], 'alnum', 40, 80),
  prefix('zuplo-key', 'zpka_', 'word', 32, 60),
  prefix('akamai-edgegrid-token', 'akab-', 'dashed', 33, 33, { shape: /^[0-9a-z]{16}-[0-9a-z]{16}$/ }),
  prefix('volcengine-access-key', 'AKLT', 'alnum', 40, 48, { entropy: 3.8 }),
  prefix('baidu-cloud-key', ['bce-v3/ALTAK-', 'ALTAK-'], 'token', 21, 80),
  prefix('jd-cloud-key', 'JDC_', 'upperAlnum', 25, 40),
  prefix('yandex-oauth-token', ['y0_', 'y1_', 'y2_', 'y3_'], 'dashed', 50, 64, { entropy: 4 }),
  prefix('yandex-iam-token', 't1.', 'token', 60, 300, {
    entropy: 4.2,
    shape: /^[\w-]{1,200}={0,2}\.[\w-]{86}={0,2}$/,
  }),
  prefix('gitlab-workspace-token', 'glwt-', 'dashed', 20, 64),
  prefix('crates-io-token', 'cio', 'alnum', 32, 32, { entropy: 3.8 }),
  prefix('extended-private-key', ['xprv', 'yprv', 'zprv', 'tprv', 'uprv', 'vprv'], 'alnum', 100, 108, {
    anyCase: true,
    entropy: 4.5,
  }),
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
    shape: uuid,
  }),
  prefix('aikido-secret', ['AIK_SECRET_', 'AIK_CI_'], 'alnum', 20, 64),
  prefix('aikido-runtime-token', 'AIK_RUNTIME_', 'word', 52, 80, {
    shape: /^(?:\d{1,10}_){1,3}[0-9A-Za-z]{40,60}$/,
  }),
  prefix('block-protocol-key', 'b10ck5.', 'dotted', 69, 69, { shape: /^[0-9A-Za-z]{32}\.[0-9A-Za-z]{36}$/ }),
  prefix('builder-io-key', 'bpk-', 'lowerHex', 32),
  prefix('cfx-server-key', 'cfxk_', 'word', 24, 32, { shape: /^[0-9A-Za-z]{18,24}_[0-9A-Za-z]{5,7}$/ }),
  prefix('dryrun-security-key', 'dryrunsec_', 'alnum', 32),
  prefix('dub-key', 'dub_', 'alnum', 24, 40, { shape: /^\w{24}(?:\w{8}){0,2}$/ }),
  prefix('dynamic-token', 'dyn_', 'alnum', 56),
  prefix('growthbook-secret', ['secret_admin_', 'secret_user_', 'secret_readonly_'], 'alnum', 20, 64),
  prefix('open-vsx-token', ['ovsxp_', 'ovsxat_'], 'dashed', 36, 36, { shape: uuid }),
  prefix('pangea-token', 'pts_', 'lowerAlnum', 32, 32, { entropy: 3.2 }),
  prefix('permit-key', 'permit_key_', 'alnum', 60, 120),
  prefix('pyx-token', ['sk-pyx-', 'tp-pyx-'], 'alnum', 46, 64),
  prefix('quicknode-key', 'QN_', 'lowerHex', 32),
  prefix('redirect-pizza-token', 'rpa_', 'alnum', 30, 30, { entropy: 3.4 }),
  prefix('spectral-key', 'spu-', 'lowerAlnum', 32),
  prefix('testkube-key', ['tkcapi_', 'tkcagnt_'], 'lowerHex', 28, 64),
  prefix('tolgee-key', ['tgpak_', 'tgpat_'], 'lowerAlnum', 32, 80),
  prefix('trufflehog-enterprise-key', ['thog-key-', 'thog-secret-'], 'lowerHex', 16, 32),
  prefix('upcloud-token', 'ucat_', 'alnum', 24, 32),
  prefix('val-town-token', 'vtwn_', 'dashed', 20, 48),
  prefix('warpstream-key', ['aks_', 'ccp_', 'sks_'], 'lowerHex', 64),
];

export const platformPatterns: readonly PatternRule[] = [
  {
    // Trend Micro Cloud One, 'API keys': the key's number and its secret.
    id: 'trend-micro-key',
    keywords: ['tmc1'],
    run: { alphabet: 'alnum', min: 26, ends: ':' },
    pattern: /tmc1[0-9A-Za-z]{26,32}:[0-9A-Za-z]{60,70}(?![0-9A-Za-z])/y,
    entropy: 4,
  },
  {
    // Laravel, 'Encryption': the application's key, 32 bytes in base64.
    id: 'laravel-key',
    keywords: ['base64:'],
    run: { alphabet: 'base64', min: 44 },
    pattern: /base64:[0-9A-Za-z+/]{43}=(?![0-9A-Za-z+/=])/y,
    entropy: 4,
  },
  {
    // ASP.NET, the element machineKey: hexadecimal keys that sign and encrypt what a page keeps.
    id: 'machine-key',
    keywords: ['validationkey=', 'decryptionkey='],
    pattern: /(?:validation|decryption)Key=\\{0,2}["'](?<secret>[0-9A-F]{40,256})\\{0,2}["']/iy,
    entropy: 3,
  },
  {
    // Group Policy Preferences (MS-GPPREF, 2.2.1.1.4): encrypted with a key that is published.
    id: 'group-policy-password',
    keywords: ['cpassword='],
    pattern: /cpassword=\\{0,2}["'](?<secret>[0-9A-Za-z+/]{22,300}={0,2})\\{0,2}["']/iy,
    entropy: 3,
  },
  {
    // NTLMSSP's third message (MS-NLMP, 2.2.1.3) in base64: the answer to the server's challenge.
    id: 'ntlm-message',
    keywords: ['tlrmtvntuaadaaaa'],
    pattern: /TlRMTVNTUAADAAAA[0-9A-Za-z+/]{60,2000}={0,2}/y,
    window: 2040,
  },
  {
    // Unleash, 'API tokens': the project, the environment, and 56 hexadecimal digits.
    id: 'unleash-project-token',
    keywords: [':production.', ':development.', ':default.', ':staging.', ':prod.', ':dev.', ':test.'],
    run: { alphabet: 'lowerHex', min: 56 },
    back: 'dashed',
    pattern:
      /[\w-]{1,80}:(?:production|development|default|staging|prod|dev|test)\.[0-9a-f]{56}(?![0-9a-f])/y,
    entropy: 3,
  },
  {
    // The same for all projects, or several, and for all environments.
    id: 'unleash-token',
    keywords: ['*:', '[]:'],
    run: { alphabet: 'graphic', min: 58 },
    pattern: /(?:\*|\[\]):(?:\*|[\w-]{1,40})\.[0-9a-f]{56}(?![0-9a-f])/y,
    entropy: 3,
  },
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
