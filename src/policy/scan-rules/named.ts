import type { PatternRule } from './rule.js';

/** At most so many bytes between a provider's name and its key, on one line. */
const gap = String.raw`[^\r\n]{0,40}?(?<![\w-])`;

/** Beside one of the names, a value of exactly this form, with nothing of its kind before or after it. */
const beside = (names: string, value: string): RegExp =>
  new RegExp(`(?:${names})${gap}(?<secret>${value})(?![\\w-])`, 'iy');

/** Keys that have a form of their own, but one that other things have too: they count beside the provider's name only. */
export const namedPatterns: readonly PatternRule[] = [
  {
    // Okta, 'Create an API token': 42 characters that begin with 00.
    id: 'okta-api-token',
    keywords: ['okta'],
    pattern: beside('okta', '00[\\w-]{40}'),
    entropy: 3.4,
    spent: 'line',
  },
  {
    // Sumo Logic, 'Access keys': an access id is `su` and twelve letters and digits.
    id: 'sumologic-access-id',
    keywords: ['sumo'],
    pattern: beside('sumo(?:logic|_|-|Token|Key)', 'su[0-9A-Za-z]{12}'),
    entropy: 3,
    unlikeWords: true,
    spent: 'line',
  },
  {
    // TrueNAS: the number of the key, and 64 letters and digits.
    id: 'truenas-key',
    keywords: ['login_with_api_key', 'truenas'],
    pattern:
      /(?:login_with_api_key|truenas)[^<>{}]{0,60}?(?<![\w-])(?<secret>\d{1,4}-[0-9A-Za-z]{64})(?![\w-])/iy,
    entropy: 4,
    spent: 'line',
  },
  {
    // Telnyx, 'API keys': KEY and 55 characters.
    id: 'telnyx-named-key',
    keywords: ['telnyx'],
    pattern: beside('telnyx', 'KEY[\\w-]{55}'),
    entropy: 4,
    spent: 'line',
  },
  {
    // Airtable's keys before its tokens: `key` and fourteen characters.
    id: 'airtable-named-key',
    keywords: ['airtable'],
    pattern: beside('airtable', 'key[\\w-]{14}'),
    entropy: 3,
    unlikeWords: true,
    spent: 'line',
  },
  {
    // Twilio, 'API keys': SK and 32 hexadecimal digits, which some write in upper case.
    id: 'twilio-named-key',
    keywords: ['twilio'],
    pattern: beside('twilio', '(?:SK|AC)[0-9a-fA-F]{32}'),
    entropy: 3,
    spent: 'line',
  },
  {
    // Mapbox, 'Access tokens': `sk.` or `pk.` before the rest.
    id: 'mapbox-named-token',
    keywords: ['mapbox'],
    pattern: beside('mapbox', '[ps]k\\.[\\w.-]{60,240}'),
    entropy: 4,
    spent: 'line',
  },
  {
    // HashiCorp Vault before 1.10: `s.` and 24 letters and digits.
    id: 'vault-old-token',
    keywords: ['vault'],
    pattern: beside('vault', 's\\.[0-9A-Za-z]{24}'),
    entropy: 3.4,
    unlikeWords: true,
    spent: 'line',
  },
  {
    // Telegram, 'How Do I Create a Bot?': the bot's number and 35 letters, digits, `_` and `-`.
    id: 'telegram-bot-token',
    keywords: ['telegr'],
    pattern: beside('telegr', '\\d{5,16}:A[\\w-]{34}'),
    entropy: 3.6,
    spent: 'line',
  },
  {
    // Figma's personal tokens before they had a prefix: a number and a UUID.
    id: 'figma-old-token',
    keywords: ['figma'],
    pattern: beside('figma', '\\d{4,8}-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'),
    entropy: 3,
    spent: 'line',
  },
  {
    // Webex: 64 letters and digits, the cluster, and the organisation's UUID.
    id: 'webex-token',
    keywords: ['webex'],
    pattern: beside('webex', '[0-9a-z]{64}_[0-9a-z]{4}_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'),
    entropy: 3.6,
    spent: 'line',
  },
  {
    // kubeadm, 'kubeadm token': six letters and digits, a full stop, and sixteen.
    id: 'kubernetes-bootstrap-token',
    keywords: ['--token '],
    pattern: /--token (?<secret>[0-9a-z]{6}\.[0-9a-z]{16})(?![\w.-])/y,
    entropy: 2.8,
    unlikeWords: true,
  },
  {
    // X, 'OAuth 1.0a': the user's number, a hyphen, and the rest.
    id: 'twitter-access-token',
    keywords: ['twitter', 'tweepy'],
    pattern: beside('twitter|tweepy', '\\d{8,20}-[0-9A-Za-z]{35,44}'),
    entropy: 3.8,
    spent: 'line',
  },
  {
    // Dropbox's tokens before they were short-lived: 64 characters, eight or more of them `A` in a row.
    id: 'dropbox-old-token',
    keywords: ['dropbox'],
    pattern: beside('dropbox', '(?=[\\w-]{64}(?![\\w-]))[\\w-]{10,12}A{7,10}[\\w-]{40,47}'),
    entropy: 3.6,
    spent: 'line',
  },
  {
    // Bitwarden Secrets Manager, 'Access tokens': its version, its UUID, its secret and the key to what it opens.
    id: 'bitwarden-access-token',
    keywords: ['bws_', 'bitwarden'],
    pattern: beside(
      'bws_|bitwarden',
      '0\\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\.[0-9A-Za-z]{30}:[0-9A-Za-z+/]{22}==',
    ),
    entropy: 3.6,
    spent: 'line',
  },
  {
    // Infisical, 'Service tokens': `st`, the token's number, its secret and its key.
    id: 'infisical-token',
    keywords: ['infisical'],
    pattern: beside('infisical', 'st\\.[\\w-]{3,48}\\.[\\w-]{3,64}\\.[0-9a-f]{8,64}'),
    entropy: 3.4,
    spent: 'line',
  },
  {
    // Contentstack, 'Management tokens': `cs` and 32 hexadecimal digits.
    id: 'contentstack-token',
    keywords: ['contentstack'],
    pattern: beside('contentstack', 'cs[0-9a-f]{32}'),
    entropy: 3,
    spent: 'line',
  },
  {
    // Sanity, 'API tokens': `sk` and the rest.
    id: 'sanity-named-token',
    keywords: ['sanity'],
    pattern: beside('sanity', 'sk[0-9A-Za-z]{76,200}'),
    entropy: 4.2,
    spent: 'line',
  },
  {
    // Zhipu's and Ollama's keys: the key's number, a full stop, and its secret.
    id: 'numbered-model-key',
    keywords: ['zhipu', 'bigmodel', 'ollama'],
    pattern: beside('zhipu|bigmodel|ollama', '[0-9a-f]{32}\\.[\\w-]{16,24}'),
    entropy: 3.6,
    spent: 'line',
  },
  {
    // Codefresh, 'API keys': the key's number, a full stop, and its secret.
    id: 'codefresh-key',
    keywords: ['codefresh'],
    pattern: beside('codefresh', '[0-9a-f]{24}\\.[0-9a-f]{32}'),
    entropy: 3.2,
    spent: 'line',
  },
  {
    // Code Climate's test reporter.
    id: 'codeclimate-reporter-id',
    keywords: ['cc_test_reporter_id'],
    pattern: beside('cc_test_reporter_id', '[0-9a-f]{64}'),
    entropy: 3,
  },
  {
    // Django, get_random_secret_key(): fifty of a-z 0-9 !@#$%^&*(-_=+).
    id: 'django-secret-key',
    keywords: ['django-insecure-'],
    pattern: /django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50}/iy,
    certain: true,
  },
  {
    id: 'django-secret-key',
    keywords: ['secret_key'],
    pattern:
      /(?:secret_key|SECRET_KEY)["']?\]?\s{0,3}[=:,]\s{0,3}["'](?<secret>[a-z0-9!@#$%^&*(\-_=+)]{50})["']/y,
    entropy: 4,
    unlikeWords: true,
    window: 90,
  },
  {
    // PowerShell, ConvertTo-SecureString: a password in the clear is its argument, before its switches or after them.
    id: 'powershell-secure-string',
    keywords: ['convertto-securestring'],
    pattern:
      /ConvertTo-SecureString\s{1,3}(?:-[a-z]{1,20}\s{1,3}){0,3}\\?["'](?<secret>[^"'\s$\\]{8,100})\\?["']/iy,
    unlikeWords: true,
  },
  {
    id: 'powershell-secure-string',
    keywords: ['convertto-securestring'],
    pattern:
      /ConvertTo-SecureString\s{1,3}(?:-[a-z]{1,20}\s{1,3}){1,3}(?<secret>[0-9A-Za-z!#%&*+@^_][^"'\s\\(){}]{7,100})/iy,
    unlikeWords: true,
  },
  {
    // Jenkins, hudson.util.Secret: a length and an initial vector before the encrypted value.
    id: 'jenkins-encrypted-secret',
    keywords: ['{aqaaabaaa'],
    pattern: /\{(?<secret>AQAAABAAAA[0-9A-Za-z+/]{30,600}={0,2})\}/y,
  },
  {
    // Blynk, 'HTTPS API': 32 letters, digits, `_` and `-`.
    id: 'blynk-token',
    keywords: ['blynk'],
    pattern: beside('blynk', '[\\w-]{32}'),
    entropy: 3.2,
    spent: 'line',
  },
  {
    // PHPMailer's property for the password of the mail server.
    id: 'phpmailer-password',
    keywords: ['->password'],
    pattern: /->Password\s{0,4}=\s{0,4}["'](?<secret>[^"'\s$]{8,100}|[a-z]{4}(?: [a-z]{4}){3})["']/y,
    unlikeWords: true,
  },
  {
    // Sysinternals, PsExec: -u user -p password.
    id: 'psexec-password',
    keywords: ['psexec'],
    pattern: /psexec(?:64)?(?:\.exe)?[^\r\n]{1,100}? -u [^\s]{1,60} -p (?<secret>[^\s"'$<>{}%]{6,100})/iy,
    unlikeWords: true,
    spent: 'line',
  },
  {
    // Bundler, 'bundle config': credentials of a host, for Sidekiq's.
    id: 'contribsys-login',
    keywords: ['contribsys__com'],
    pattern: /contribsys__com["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[0-9a-f]{8}:[0-9a-f]{8})(?![0-9a-f])/iy,
  },
];
