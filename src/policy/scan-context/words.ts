/**
 * Words beside a value that say whether it is a credential. Each group is one feature of the model;
 * only the groups in {@link openers} make the scanner look for values after them.
 */
export const wordGroups = {
  token: ['token', 'jeton'],
  secret: ['secret'],
  password: ['password', 'passwd', 'passphrase', 'pwd', 'passwort', 'contrasena'],
  pass: ['pass"', "pass'", 'pass:', 'pass=', 'pass ', '_pass'],
  credential: ['credential', 'creds'],
  apiKey: ['api_key', 'apikey', 'api-key', 'api key', 'app_key', 'appkey', 'app-key', 'access_key', 'accesskey', 'access-key', 'access key', 'secret_key', 'secretkey', 'secret-key', 'secret key', 'private_key', 'privatekey', 'private-key', 'auth_key', 'authkey', 'license_key', 'licensekey', 'accountkey', 'account_key', 'consumer_key', 'consumerkey', 'master_key', 'encryption_key', 'signing_key', 'service_key', 'client_key', 'clientkey', 'subscription_key', 'subscription-key', 'rest_key', 'user_key', 'userkey', 'write_key', 'writekey', 'channel_key'],
  key: ['key'],
  auth: ['auth', 'oauth'],
  authorization: ['authorization'],
  bearer: ['bearer'],
  client: ['client'],
  access: ['access'],
  private: ['private'],
  login: ['login', 'username', 'user_id'],
  seed: ['totp', 'otp', 'salt', 'seed', 'hmac', 'signing', 'signature'],
  code: ['code', 'pin'],
  convert: ['securestring'],
  api: ['api'],
  identifier: ['uuid', 'guid', '_id', 'id"', 'id:', 'id=', 'nonce', 'session', 'trace', 'request-id'],
  digest: ['sha1', 'sha256', 'sha384', 'sha512', 'sha-', 'md5', 'digest', 'checksum', 'integrity', 'fingerprint', 'thumbprint', 'hash', 'etag', 'crc'],
  revision: ['commit', 'revision', 'version', 'rev"', 'tree', 'blob', 'parent', 'resolved', 'ref"', 'sri'],
  public: ['public', 'cert', 'ssh-rsa', 'ssh-ed25519', 'pubkey', 'known_hosts', 'pem'],
  example: ['example', 'placeholder', 'dummy', 'fake', 'test', 'sample', 'mock', 'expect', 'assert'],
  media: ['image', 'base64,', 'font', 'data:', 'icon', 'color', 'svg', 'thumb', 'signature"', 'thinking', 'encrypted', 'cursor', 'page_token', 'next_token', 'continuation'],
  place: ['http', 'www.', 'path', 'file', '.com', '.js', '.ts', 'import', 'require', 'href', 'src='],
  language: ['function', 'return', 'const ', 'self.', 'this.', 'def ', 'class', 'string', 'process.env', 'getenv', 'environ'],
} as const satisfies Record<string, readonly string[]>;

export type WordGroup = keyof typeof wordGroups;

/** After one of these a value is looked for. */
export const openers: ReadonlySet<WordGroup> = new Set<WordGroup>([
  'token', 'secret', 'password', 'pass', 'credential', 'apiKey', 'key', 'auth', 'authorization', 'bearer', 'seed', 'convert', 'access', 'private', 'api',
]);
