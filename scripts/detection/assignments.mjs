// Plain assignments of random values to names that say what they are, with no provider near: `api_key = "…"`.
import { createHash } from 'node:crypto';

let drawn = 0;
/** The same bytes in every run. */
const randomBytes = (length) => {
  drawn += 1;
  return createHash('sha512').update(`value ${drawn}`).digest().subarray(0, length);
};

const names = [
  'api_key',
  'apiKey',
  'API_KEY',
  'api_token',
  'access_token',
  'secret_key',
  'client_secret',
  'auth_token',
  'token',
];
const forms = [
  (name, value) => `${name} = "${value}"`,
  (name, value) => `${name}=${value}\n`,
  (name, value) => `[service]\n${name}: ${value}\n`,
  (name, value) => `{"${name}": "${value}"}`,
  (name, value) => `const ${name} = '${value}';`,
];
const values = [
  ...[16, 20, 32].map((length) => () => randomBytes(length).toString('hex')),
  ...[24, 32, 40].map(
    (length) => () =>
      randomBytes(60)
        .toString('base64')
        .replace(/[^0-9A-Za-z]/g, '')
        .slice(0, length),
  ),
];

/** Rows as the corpora have them. */
export const assignmentRows = () =>
  names.flatMap((name) =>
    forms.flatMap((form) =>
      values.map((make) => {
        const value = make();
        return {
          text: form(name, value),
          label: 'secret',
          class: 'contextual',
          tier: 'assignment',
          secret: [value],
          source: 'made-up',
        };
      }),
    ),
  );
