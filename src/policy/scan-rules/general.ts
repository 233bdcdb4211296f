import type { PatternRule } from './rule.js';
import { mayGrant } from './signed-token.js';

/** `user:password` in base64, as HTTP's Basic scheme writes it (RFC 7617, 2). */
const isUserAndPassword = (secret: string): boolean =>
  /^[\x20-\x7e]{1,120}:[\x20-\x7e]{1,200}$/.test(Buffer.from(secret, 'base64').toString('latin1'));

/**
 * The first entry of a Secret's `data` (Kubernetes API, core/v1), after comments, as a plain or a block scalar; a long one
 * up to a bound.
 */
const kubernetesData = String.raw`data:\s{0,4}[\r\n]{1,2}(?:[ \t]{0,12}#[^\r\n]{0,120}[\r\n]{1,2}){0,3}[ \t]{0,12}[\w.-]{1,80}:[ ]{0,4}(?:[>|][+-]?[ ]{0,4}[\r\n]{1,2}[ \t]{0,12})?["']?(?<secret>[0-9A-Za-z+/]{400}|[0-9A-Za-z+/]{8,400}={0,2}(?=["']?(?:[\r\n]|$)))`;

/** After a password of a few letters, a host that RFC 2606, 3, RFC 5737 or RFC 3849 keeps for examples: it is one. */
const exampleLogin = String.raw`(?<=:[^:@]{1,6}@)(?:(?:[\w-]{1,40}\.){0,3}example\.(?:com|net|org)\b|\[2001:db8:|(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d)`;

/**
 * How the base64 of a private key reads up to its numbers, so that one is known without its first and last line: OpenSSH's
 * (PROTOCOL.key), RSA's of usual sizes (RFC 8017, A.1.2), SEC 1's for the usual curves (RFC 5915, 3), and these within
 * PKCS #8 (RFC 5958, 2), as Ed25519's (RFC 8410, 7). Public keys and certificates have no version there, or another.
 */
const privateKeyBeginnings = [
  'b3BlbnNzaC1rZXktdjEA',
  'IBAAKBgQ',
  'IBAAKCAQEA',
  'IBAAKCAYEA',
  'IBAAKCAgEA',
  'MHcCAQEEI',
  'MHQCAQEEI',
  'MIGkAgEBBD',
  'MIHcAgEBBEI',
  'IBADANBgkqhkiG9w0BAQEFAASC',
  'BG0wawIBAQQg',
  'BIGeMIGbAgEBBD',
  'BIHWMIHTAgEBBEI',
  'MC4CAQAwBQYDK2VwBCIEI',
] as const;

/** Credentials of no one provider: keys in their armour, signed tokens, connection strings, authorisation headers. */
export const generalPatterns: readonly PatternRule[] = [
  {
    id: 'private-key',
    keywords: ['-----begin '],
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[^<>{}]){0,200}?(?:[\w+/=]|\\[nr]){40}(?:[^<>{}-]|-(?!----)){0,13000}(?:-----END [A-Z0-9 ]{1,40}-----)?/y,
    window: 14000,
    certain: true,
  },
  {
    id: 'private-key-without-armour',
    keywords: privateKeyBeginnings.map((beginning) => beginning.toLowerCase()),
    pattern: new RegExp(String.raw`(?:${privateKeyBeginnings.join('|')})(?:[\w+/=\s]|\\[nr]){40,12000}`, 'y'),
    window: 12500,
    certain: true,
  },
  {
    id: 'putty-private-key',
    keywords: ['putty-user-key-file-'],
    spent: 'window',
    pattern: /PuTTY-User-Key-File-\d: [^\0]{40,4000}?Private-MAC: [0-9a-f]{40,64}/y,
    window: 4200,
    certain: true,
  },
  {
    id: 'json-web-token',
    keywords: ['eyj', 'eyai', 'ewogi', 'ew0ki'],
    run: { alphabet: 'dashed', min: 8, ends: '.' },
    pattern: /(?:ey[AJ]|ew(?:og|0K)I)[\w-]{10,2000}\.(?:ey[AJ]|ew(?:og|0K)I)[\w-]{4,6000}\.[\w-]{0,2000}/y,
    window: 8400,
    entropy: 3.4,
    accept: mayGrant,
  },
  {
    id: 'database-connection-string',
    run: { alphabet: 'userinfo', min: 0, ends: ':' },
    keywords: [
      'postgres://',
      'postgresql://',
      'mysql://',
      'mongodb://',
      'mongodb+srv://',
      'redis://',
      'rediss://',
      'amqp://',
      'amqps://',
      'mssql://',
      'mariadb://',
      'sqlserver://',
      'clickhouse://',
      'cockroachdb://',
      'snowflake://',
      'couchbase://',
      'oracle://',
      'postgis://',
      'cloudinary://',
      'neo4j://',
      'neo4j+s://',
      'bolt://',
      'rethinkdb://',
      'memcached://',
      'mysql2://',
      '+psycopg2://',
      '+asyncpg://',
      '+pymysql://',
    ],
    pattern: new RegExp(
      String.raw`[a-z+0-9]{4,14}://(?!username:password@)[\w.%+-]{0,64}:(?<secret>[^\s:/@"'<>\\$,{}[\]]{2,128})@(?!${exampleLogin})[\w.[\]$:%-]{1,200}(?:[/?][^\s"'<>\\\x60]{0,300})?`,
      'iy',
    ),
    back: 'userinfo',
    window: 800,
    whole: true,
  },
  {
    id: 'url-with-password',
    run: { alphabet: 'userinfo', min: 1, ends: ':' },
    keywords: [
      'https://',
      'http://',
      'ftp://',
      'ftps://',
      'sftp://',
      'ssh://',
      'smtp://',
      'smtps://',
      'ldap://',
      'ldaps://',
      'imap://',
      'imaps://',
      'mqtt://',
      'mqtts://',
      'nats://',
      'kafka://',
      'socks5://',
      'git+https://',
    ],
    pattern: new RegExp(
      String.raw`[a-z+0-9]{3,9}://(?!username:password@)[\w.%+-]{1,64}:(?<secret>[^\s:/@"'<>\\$,{}[\]]{3,128})@(?!${exampleLogin})[\w.:-]{3,200}(?:[/?][^\s"'<>\\\x60]{0,300})?`,
      'iy',
    ),
    window: 800,
    whole: true,
    accept: (secret) => !/^(?:pass|password|passwd|pwd|user|username|x|xxx|token)$/i.test(secret),
  },
  {
    id: 'jdbc-password',
    keywords: ['jdbc:'],
    run: { alphabet: 'graphic', min: 12 },
    spent: 'line',
    pattern:
      /jdbc:[\w:+-]{2,40}:[^\s"'<>]{3,160}?[?&;:](?:password|pwd)=(?<secret>[^\s"'<>&;,{}]{2,100})[^\s"'<>]{0,160}/iy,
    window: 500,
    whole: true,
  },
  {
    id: 'jdbc-login',
    keywords: ['jdbc:'],
    run: { alphabet: 'graphic', min: 12 },
    spent: 'line',
    pattern:
      /jdbc:[\w:+-]{2,40}:(?:@?\/\/|thin:)?[\w.%+-]{1,64}[:/](?<secret>[^\s:/@"'<>\\$,{}]{2,100})@[^\s"'<>]{3,200}/iy,
    window: 500,
    whole: true,
  },
  {
    id: 'connection-string',
    keywords: [
      'jdbc:',
      'odbc:',
      'postgres://',
      'postgresql://',
      'mysql://',
      'mongodb://',
      'mongodb+srv://',
      'redis://',
      'amqp://',
    ],
    pattern: /(?:[jo]dbc:[\w:+-]{2,40}:|[a-z+]{5,14}:\/\/)[^\s"'<>]{3,300}/iy,
    thorough: true,
    certain: true,
  },
  {
    id: 'dotnet-connection-string',
    keywords: ['data source=', 'user id=', 'initial catalog=', 'uid=', 'server=', 'driver={'],
    pattern:
      /(?:data source|user id|uid|initial catalog|server|driver)=[^"'\r\n<>]{1,160}?; {0,2}(?:password|pwd)=(?<secret>[^\s;"'<>${}&]{4,100})/iy,
    entropy: 1.5,
    spent: 'line',
  },
  {
    id: 'authorization-header',
    keywords: ['authorization'],
    pattern:
      /authorization["'\\]{0,3}[\s:=>,()[\]]{1,6}["'`\\]{0,3}(?:bearer|token|ssws|apikey|key)[ :]{1,3}(?<secret>[\w+/=.~-]{14,2000})/iy,
    window: 2100,
    entropy: 2.8,
    unlikeWords: true,
    accept: mayGrant,
  },
  {
    // A value alone, which RFC 9110, 11.6.2 doesn't have but many services want.
    id: 'authorization-value',
    keywords: ['authorization'],
    pattern:
      /authorization["'\\]{0,3}\s{0,2}[:=]\s{0,3}["'`\\]{0,3}(?=[a-z_-]{0,40}\d)(?<secret>[\w-]{24,200})(?![\w.(-])/iy,
    entropy: 3,
    unlikeWords: true,
  },
  {
    // A UUID, whose digits read like a word to the rule above: in a header, it is a key.
    id: 'authorization-uuid',
    keywords: ['authorization', 'apikey: ', 'api-key: '],
    pattern:
      /(?:authorization|api-?key)["'\\]{0,3}\s{0,2}[:=]\s{0,3}["'`\\]{0,3}(?<secret>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![\w-])/iy,
    entropy: 3,
  },
  {
    id: 'basic-authorization',
    keywords: ['basic '],
    run: { alphabet: 'base64', min: 14 },
    pattern: /basic (?<secret>[0-9A-Za-z+/]{14,400}={0,2})(?=["'\s\\,;)\]}]|$)/iy,
    window: 440,
    accept: isUserAndPassword,
  },
  {
    id: 'json-web-key',
    keywords: ['"kty"'],
    spent: 'object',
    pattern:
      /"kty"\s{0,4}:\s{0,4}"(?:RSA|EC|OKP|oct)"[^{}]{1,1600}?"[dk]"\s{0,4}:\s{0,4}"(?<secret>[\w-]{16,900})"?[^{}]{0,2400}/y,
    window: 4200,
    whole: true,
  },
  {
    // As programs write it that sort the names.
    id: 'json-web-key',
    keywords: ['"d":', '"k":', '"d" :', '"k" :'],
    spent: 'object',
    pattern:
      /"[dk]"\s{0,1}:\s{0,4}"(?<secret>[\w-]{16,900})"[^{}]{1,2400}?"kty"\s{0,4}:\s{0,4}"(?:RSA|EC|OKP|oct)"[^{}]{0,2400}/y,
    window: 4200,
    whole: true,
  },
  {
    id: 'nuget-password',
    keywords: ['password" value'],
    pattern: /password" value\s{0,2}=\s{0,2}"(?<secret>[^"<>\s]{8,120})"/iy,
  },
  {
    id: 'kubernetes-secret',
    keywords: ['kind: secret', "kind: 'secret", 'kind: "secret', '"kind": "secret'],
    pattern: new RegExp(String.raw`"?kind"?:\s{0,4}["']?secret["']?\s[^{}]{0,400}?\b${kubernetesData}`, 'iy'),
    window: 1300,
    spent: 'window',
  },
  {
    id: 'kubernetes-secret',
    keywords: ['\ndata:'],
    pattern: new RegExp(
      String.raw`\n${kubernetesData}["']?[\r\n][^{}]{0,400}?kind:\s{0,4}["']?secret["']?(?![\w])`,
      'iy',
    ),
    window: 1300,
  },
  {
    id: 'private-key-hex',
    keywords: ['0x'],
    run: { alphabet: 'hex', min: 64 },
    pattern: /0x(?<secret>[0-9a-fA-F]{64})(?![0-9a-fA-F])/y,
    entropy: 3.2,
  },
];
