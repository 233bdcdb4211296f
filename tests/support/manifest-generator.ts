import { stringify } from 'yaml';
import type { ManifestFile, ManifestFiles, ManifestKind } from '../../src/manifest/source.js';
import { pick, type Random, upTo } from './fuzzing.js';

const names = ['a', 'b', 'c', 'constructor', 'x1', '__proto__', '../a', 'A'];
const hosts = [
  'a.example.com',
  'A.Example.com.',
  '*.b.example',
  'bücher.example',
  'localhost',
  '1.2.3.4',
  '*.com',
  'constructor',
  'xn--a',
  '',
];
const odd = [
  null,
  true,
  0,
  -1.5,
  '',
  [],
  {},
  'x',
  '\u0000',
  '\u202e\u001b[2J',
  '__proto__',
  'a\r\nb',
  '🦀',
  '~',
  'null',
  '<<',
  '*a',
  '&a',
  '!!js',
  'a'.repeat(300),
];
const fragments = [
  '---',
  '\n',
  '\n---\n',
  '\r',
  '\t',
  '\u{feff}',
  '&a ',
  '*a',
  '[',
  '{',
  ']',
  '}',
  ': ',
  '- ',
  '? ',
  '!!map ',
  '|',
  '>',
  '#',
  '"',
  "'",
  '\\',
  '\u0000',
  '%YAML 1.1\n',
  '...\n',
  '<<: ',
  '__proto__: ',
  '\ud800',
  'é',
  'null',
  '~',
];

type Value = unknown;
type Maker = (random: Random) => Value;

const word: Maker = (random) => pick(random, ['x', 'GET', '/v1', 'TOKEN', 'a-b', 'value', 'https', 'http']);
const bool: Maker = (random) => pick(random, [true, false, null]);
const oneOf =
  (...values: readonly Value[]): Maker =>
  (random) =>
    pick(random, values);
const listOf =
  (maker: Maker): Maker =>
  (random) =>
    Array.from({ length: upTo(random, 3) }, () => maker(random));
/** Each key is there half of the time; one in thirty values is anything. */
const mapOf =
  (makers: Readonly<Record<string, Maker>>, always: readonly string[] = []): Maker =>
  (random) =>
    Object.fromEntries(
      Object.entries(makers)
        .filter(([key]) => always.includes(key) || random() < 0.4)
        .map(([key, maker]) => [key, random() < 0.03 ? pick(random, odd) : maker(random)]),
    );

const type = oneOf('exact', 'regex');
const match = mapOf({
  paths: listOf(
    mapOf(
      { type: oneOf('prefix', 'exact', 'regex'), value: oneOf('/v1', '/', '/a/b', '/a%20b', '/../x', '(') },
      ['type', 'value'],
    ),
  ),
  methods: listOf(oneOf('GET', 'POST', 'get', 'CONNECT')),
  headers: listOf(
    mapOf({ name: oneOf('X-A', 'x b'), value: oneOf('v', '^a+$', ''), type }, ['name', 'value']),
  ),
});
const route = mapOf(
  {
    host: (random) => pick(random, hosts),
    remove: oneOf(true),
    scheme: oneOf('https', 'http', null),
    auth: oneOf(null, { scheme: 'Bearer', token_ref: 'T' }, { scheme: 'Basic', token_ref: 'B' }),
    headers: listOf(
      mapOf({ name: oneOf('X-A', 'X-B', 'Host', 'authorization'), value: word, value_ref: oneOf('T') }, [
        'name',
      ]),
    ),
    matches: listOf(match),
    git: oneOf(null, { fetch: true }, { fetch: null }, {}),
    doh: bool,
    connect_to: oneOf('10.0.0.1:80', '[::1]:443', 'b.example:1', 'x', null),
    private: bool,
    ca_file: oneOf('~/a.pem', './b.pem', '/c.pem', '~x', null),
  },
  ['host'],
);
const keys: Readonly<Record<ManifestKind, Maker>> = {
  bottle: mapOf({
    extends: (random) => (random() < 0.5 ? pick(random, names) : listOf(oneOf(...names))(random)),
    description: word,
    agent_provider: oneOf({ template: 'shell' }, { template: 'claude' }, { template: null }, null),
    env: (random) =>
      Object.fromEntries(
        listOf(() => [
          pick(random, ['A', 'B', 'constructor', 'HTTP_PROXY', '1']),
          pick(random, ['v', '', null, 'x: y', '\u2028']),
        ])(random) as [string, Value][],
      ),
    git: oneOf(
      null,
      { user: { name: 'N', email: 'e@x' } },
      { user: { name: 'N' } },
      { user: null },
      { remotes: {} },
    ),
    egress: mapOf({ routes: listOf(route), unknown_host: oneOf('block', 'supervise', null) }),
    skills: oneOf([], ['x']),
  }),
  agent: mapOf({ bottle: (random) => pick(random, names), description: word, skills: oneOf([]) }, ['bottle']),
};

/** A few bottles and agents, some of which compose; a third of the texts are damaged afterwards. */
export function makeManifests(random: Random): ManifestFiles {
  const files = Array.from({ length: 1 + upTo(random, 3) }, () => makeFile(random));
  return { files, userHome: '/home/user' };
}

function makeFile(random: Random): ManifestFile {
  const kind: ManifestKind = random() < 0.75 ? 'bottle' : 'agent';
  const origin = random() < 0.85 ? 'home' : 'repository';
  const name = pick(random, names);
  const written = `---\n${stringify(keys[kind](random))}---\nText.\n`;
  const text = random() < 0.33 ? damaged(random, written) : written;
  const shown = `${origin}/${kind}s/${JSON.stringify(name)}.md`;
  return { kind, origin, name, path: `/manifests/${kind}s/${name}.md`, shown, text };
}

function damaged(random: Random, text: string): string {
  let result = text;
  for (let edits = 1 + upTo(random, 4); edits > 0; edits -= 1) {
    const at = upTo(random, result.length);
    const until = random() < 0.5 ? at : at + upTo(random, 12);
    const put =
      random() < 0.1 ? pick(random, fragments).repeat(upTo(random, 3_000)) : pick(random, fragments);
    result = result.slice(0, at) + put + result.slice(until);
  }
  return result;
}
