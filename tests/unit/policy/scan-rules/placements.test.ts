import { describe, expect, it } from 'vitest';
import { loadDetectors } from '../../../../src/policy/scan/detectors.js';
import { createScanner } from '../../../../src/policy/scan/scanner.js';

const scanner = createScanner(await loadDetectors('outbound', null), { knownSecrets: [] });
const findingsIn = (text: string) => scanner.scan(Buffer.from(text), 'body').findings;

const drawn = 'q7Wz0r8YbK3pT6mXc9LdV2nHs5Fg4RaJwE1uBkZ8QhN6tYvGxM3oPiC7DsLfAe2R';

describe('a token is found', () => {
  it.each([
    ['whose body has full stops', `hawk.${drawn.slice(0, 20)}.${drawn.slice(20, 40)}`, 'stackhawk-key'],
    [
      'of a bot',
      `MTE${drawn.slice(0, 21)}.${drawn.slice(21, 27)}.${drawn.slice(27, 62)}`,
      'discord-bot-token',
    ],
    ['with a tilde', `${drawn.slice(0, 3)}8Q~${drawn.slice(3, 37)}`, 'azure-client-secret'],
  ])('%s at the end of a sentence, and no byte more of it', (_name, token, rule) => {
    for (const stop of ['.', '...', '.\nNext'])
      expect(findingsIn(`It is ${token}${stop}`)).toMatchObject([{ rule, start: 6, end: 6 + token.length }]);
  });

  it('of a bot, whatever the number of its user', () => {
    for (const user of ['10', '38', '41', '57', '66', '79', '84', '99'])
      for (const digits of [17, 18, 19]) {
        const number = Buffer.from(`${user}1234567890123456`.slice(0, digits).padEnd(digits, '7'));
        const token = `${number.toString('base64').replace(/=+$/, '')}.${drawn.slice(21, 27)}.${drawn.slice(27, 54)}`;
        for (const text of [token, String.raw`a\n${token}`, `DISCORD_TOKEN=${token}`])
          expect(findingsIn(text).map(({ rule }) => rule)).toEqual(['discord-bot-token']);
      }
  });

  it('behind a name that ends as the token begins', () => {
    const key = `private_${drawn.slice(0, 27)}=`;
    for (const text of [`IMAGEKIT_PRIVATE_KEY=${key}`, `private_${key}`])
      expect(findingsIn(text).map(({ rule }) => rule)).toEqual(['imagekit-private-key']);
  });

  it('of Sanity by its length alone, and no other run of it', () => {
    const token = `sk${drawn.repeat(3).slice(0, 178)}`;
    expect(findingsIn(`token: '${token}'`).map(({ rule }) => rule)).toEqual(['sanity-token']);
    expect(findingsIn(`data: '${drawn.repeat(3).slice(0, 180)}'`)).toEqual([]);
  });

  it('of a JSON Web Key, wherever its kind stands, and behind a public one', () => {
    const [kind, secret, open] = ['"kty":"EC"', `"d":"${drawn.slice(0, 43)}"`, `"x":"${drawn.slice(3, 46)}"`];
    for (const parts of [
      [kind, open, secret],
      [secret, kind, open],
      [open, secret, kind],
    ])
      expect(findingsIn(`{"keys":[{${kind},${open}},{${parts.join(',')}}]}`).map(({ rule }) => rule)).toEqual(
        ['json-web-key'],
      );
    expect(findingsIn(`{"keys":[{${kind},${open}},{${open},${kind}}]}`)).toEqual([]);
  });

  it('of Django in the case in which its settings have it', () => {
    const key = 'k3x!w^q9z@r7)m2v&t5(p8-y1_d4+f6=h0*j#n$bcgaelosiuk';
    expect(findingsIn(`SECRET_KEY = '${key}'`).map(({ rule }) => rule)).toEqual(['django-secret-key']);
  });

  it.each([
    ['that ends with its mark', `${drawn.slice(0, 6)}_${drawn.slice(6, 35)}_mmk`, 'maxmind-license-key'],
    ['known by its signature', `${drawn}${drawn.slice(0, 12)}AZDO${drawn.slice(0, 4)}`, 'azure-devops-token'],
    ['known by its length alone', `AC${'0a7b3c9d1e5f8264'.repeat(2)}`, 'twilio-identifier'],
  ])('%s behind a line break that is written out', (_name, token, rule) => {
    for (const text of [String.raw`log: a\n${token}\n`, String.raw`log: a\t${token}`])
      expect(findingsIn(text).map((finding) => finding.rule)).toEqual([rule]);
  });
});

describe('a token of a provider that nobody told us of', () => {
  const found = (text: string) => findingsIn(text).map(({ rule }) => rule);

  it.each([
    ['letters and digits', `zqx_${drawn.slice(0, 32)}`],
    ['behind two marks', `zqx_live_${drawn.slice(0, 32)}`],
    ['hexadecimal', `zqx-${'0a7b3c9d1e5f8264'.repeat(2)}`],
    ['with hyphens in it', `zqx-${drawn.slice(0, 9)}-${drawn.slice(9, 22)}_${drawn.slice(22, 40)}`],
    ['behind a word for it', `token_${drawn.slice(0, 32)}`],
  ])('is told by a word for it and a prefix: %s', (_name, token) => {
    for (const text of [
      `ACMEWORKS_API_KEY=${token}\n`,
      `acmeworksToken = "${token}"`,
      `{"secret":"${token}"}`,
      `curl -H 'X-Api-Key: ${token}' https://api.acmeworks.io`,
    ])
      expect(found(text)).toEqual(['credential-assignment']);
  });

  it.each([
    ['no word names it', `value = "zqx_${drawn.slice(0, 32)}"`],
    ['it is a digest', `token_sha256 = "zqx_${drawn.slice(0, 32)}"`],
    ['it reads like words', 'API_KEY=readTheManual_andThenStartTheService2x4'],
    ['it is a name', 'api_key = "acme-works-production-eu-west-1-b"'],
    ['it is short', 'API_KEY=zqx_q7Wz0r8YbK3pT6m'],
    ['words stand between', `the token is documented at zqx_${drawn.slice(0, 32)}`],
  ])('is none where %s', (_name, text) => {
    expect(found(text)).toEqual([]);
  });
});

it('fields of a table of names are no parts of a token', () => {
  const types = ['str', 'V1ObjectMeta', 'AppsV1beta1DeploymentSpec', 'AppsV1beta1DeploymentStatus'];
  const fields = ['api_version', 'metadata', 'spec', 'status'].map((name, i) => `'${name}': '${types[i]}'`);
  expect(findingsIn(`swagger_types = {\n    ${fields.join(',\n    ')}\n}`)).toEqual([]);
});
