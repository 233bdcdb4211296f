import type { PatternRule } from './rule.js';

/** Hashes of passwords, which whoever has them can try passwords against: crypt(5), and what Windows' protocols leave. */
export const hashPatterns: readonly PatternRule[] = [
  {
    // crypt(5): md5crypt and Apache's, sha256crypt, sha512crypt.
    id: 'password-hash',
    keywords: ['$1$', '$apr1$', '$5$', '$6$'],
    pattern:
      /\$(?:(?:1|apr1)\$[./\w]{1,8}\$[./0-9A-Za-z]{22}|5\$(?:rounds=\d{1,9}\$)?[./\w]{1,16}\$[./0-9A-Za-z]{43}|6\$(?:rounds=\d{1,9}\$)?[./\w]{1,16}\$[./0-9A-Za-z]{86})(?![./\w])/y,
    entropy: 3.4,
    certain: true,
  },
  {
    // crypt(5): bcrypt, yescrypt.
    id: 'password-hash',
    keywords: ['$2a$', '$2b$', '$2x$', '$2y$', '$y$'],
    pattern:
      /\$(?:2[abxy]\$\d\d\$[./0-9A-Za-z]{53}|y\$[./0-9A-Za-z]{1,24}\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43})(?![./\w])/y,
    entropy: 3.4,
    certain: true,
  },
  {
    // RFC 9106 and its reference program.
    id: 'password-hash',
    keywords: ['$argon2'],
    pattern:
      /\$argon2(?:id|i|d)\$v=\d{1,3}\$m=\d{1,9},t=\d{1,9},p=\d{1,4}\$[0-9A-Za-z+/]{11,86}\$[0-9A-Za-z+/]{22,172}/y,
    entropy: 3.4,
    certain: true,
  },
  {
    id: 'password-hash',
    keywords: [':$apr1$', ':$2y$', ':$6$', ':$1$', ':$5$'],
    pattern: /:\$(?:apr1|2y|6|5|1)\$[\w./$]{16,120}/y,
  },
  {
    // pwdump: user, number, the LM hash and the NT hash.
    id: 'windows-password-hash',
    keywords: [':::'],
    pattern: /[0-9a-f]{32}:[0-9a-f]{32}:::/iy,
    before: 65,
    entropy: 3,
  },
  {
    // RFC 4757, as the tools that try passwords write what they caught.
    id: 'kerberos-ticket-hash',
    keywords: ['$krb5asrep$', '$krb5tgs$', '$krb5pa$'],
    pattern: /\$krb5(?:asrep|tgs|pa)\$\d{1,2}\$[^\s"'<>]{1,200}?[0-9a-fA-F]{32}[:$][0-9a-fA-F]{64}/y,
    window: 400,
    entropy: 3,
    certain: true,
  },
  {
    // MS-NLMP, 3.3: user, domain, the server's challenge and the answers, version 1 and 2.
    id: 'ntlm-answer',
    keywords: ['::'],
    run: { alphabet: 'userinfo', min: 0, ends: ':' },
    pattern:
      /::[\w.-]{0,64}:(?:[0-9a-f]{48}:[0-9a-f]{48}:[0-9a-f]{16}|[0-9a-f]{16}:[0-9a-f]{32}:[0-9a-f]{32,1200})/iy,
    entropy: 3,
    window: 1400,
  },
];
