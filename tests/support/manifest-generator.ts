import { stringify } from 'yaml';
import type { ManifestFile, ManifestFiles, ManifestKind } from '../../src/manifest/source.js';
import { pick, type Random, upTo } from './fuzzing.js';

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

/** One of the good values; once in fifty times one of the bad. */
const mostly =
  (good: readonly Value[], bad: readonly Value[] = []): Maker =>
  (random) =>
    bad.length > 0 && random() < 0.02 ? pick(random, bad) : pick(random, good);
const bool = mostly([true, false, null]);
const word = mostly(['x', 'some words', 'ü'], ['']);
const listOf =
  (maker: Maker, most = 3): Maker =>
  (random) =>
    Array.from({ length: upTo(random, most) }, () => maker(random));
/** Each key is there half of the time; one in three hundred values is anything. */
const mapOf =
  (makers: Readonly<Record<string, Maker>>, always: readonly string[] = []): Maker =>
  (random) =>
    Object.fromEntries(
      Object.entries(makers)
        .filter(([key]) => always.includes(key) || random() < 0.4)
        .map(([key, maker]) => [key, random() < 0.003 ? pick(random, odd) : maker(random)]),
    );
/** A list without two entries of one name. */
const distinct =
  (maker: Maker, key: string): Maker =>
  (random) => {
    const items = listOf(maker)(random) as Record<string, Value>[];
    return random() < 0.03
      ? items
      : [...new Map(items.map((item) => [String(item[key]).toLowerCase(), item])).values()];
  };

const goodNames = ['a', 'b', 'c', 'constructor'];
const badNames = ['__proto__', '../a', 'A', ''];
const name = mostly(goodNames, badNames);
const host = mostly(
  ['api.example.com', '*.b.example', 'bücher.example', 'localhost', 'constructor', 'x--y.example'],
  ['1.2.3.4', '*.com', 'xn--a', '', '*'],
);
const pathMatch = mapOf(
  {
    type: mostly(['prefix', 'exact']),
    value: mostly(['/v1', '/', '/a/b', '/a%20b', '/@x%2Fy'], ['/../x', 'x', '/%2e']),
  },
  ['type', 'value'],
);
const pathPattern = mapOf({ type: mostly(['regex']), value: mostly(['/v\\d+', '/(a|b)*'], ['(', '(?=a)']) }, [
  'type',
  'value',
]);
const match = mapOf({
  paths: (random) => listOf(random() < 0.5 ? pathMatch : pathPattern)(random),
  methods: listOf(mostly(['GET', 'POST', 'PROPFIND'], ['get', 'CONNECT'])),
  headers: listOf(
    mapOf(
      {
        name: mostly(['X-A', 'accept'], ['x b']),
        value: mostly(['v', 'a+', ''], ['\r']),
        type: mostly(['exact', 'regex']),
      },
      ['name', 'value'],
    ),
  ),
});
const plainHeader = mapOf(
  { name: mostly(['X-A', 'x-b'], ['Host', 'authorization']), value: mostly(['v', ''], ['a\nb']) },
  ['name', 'value'],
);
const secretHeader = mapOf({ name: mostly(['X-C', 'x-d']), value_ref: mostly(['KEY'], ['k-1']) }, [
  'name',
  'value_ref',
]);
const openRoute = mapOf(
  {
    host,
    scheme: mostly(['https', null], ['http']),
    auth: mostly(
      [null, { scheme: 'Bearer', token_ref: 'T' }, { scheme: 'Basic', token_ref: 'B' }],
      [{ scheme: 'bearer' }],
    ),
    headers: (random) => distinct(random() < 0.5 ? plainHeader : secretHeader, 'name')(random),
    matches: listOf(match),
    git: mostly([null, { fetch: true }, { fetch: null }, {}]),
    dlp: mostly([
      null,
      {},
      { outbound_detectors: false, inbound_on_match: 'warn' },
      { outbound_detectors: ['crlf', 'crlf'], inbound_detectors: true, outbound_on_match: null },
    ]),
    doh: bool,
    connect_to: mostly(['10.0.0.1:80', '[::1]:443', 'b.example:1', null], ['x', '1:1']),
    private: bool,
    ca_file: mostly(['~/a.pem', './b.pem', '/c.pem', null], ['~x']),
  },
  ['host'],
);
const route: Maker = (random) => (random() < 0.04 ? { host: host(random), remove: true } : openRoute(random));
const env: Maker = (random) => {
  const value = mostly(['v', '', null, 'x: y', '\u2028', ' a\nb ', '\u{1f980}', '-', '---'], ['\u0000']);
  const variable = mostly(['A', 'B', 'constructor', '_x'], ['HTTP_PROXY', '1']);
  return Object.fromEntries(Array.from({ length: upTo(random, 3) }, () => [variable(random), value(random)]));
};
const keys: Readonly<Record<ManifestKind, Maker>> = {
  bottle: mapOf(
    {
      extends: (random) => (random() < 0.6 ? name(random) : [...new Set(listOf(name)(random) as string[])]),
      description: word,
      agent_provider: mostly(
        [{ template: 'shell' }, { template: null }, { dockerfile: 'D' }, null],
        [{ template: 'claude' }, { dockerfile: 'D/' }],
      ),
      docker: mostly([{ runtime: 'runsc' }, { runtime: null }, {}, null], [{ runtime: '/bin/sh' }]),
      resources: mostly(
        [{ memory: '4g', cpus: 1.5, pids: 64 }, { memory: null }, null],
        [{ memory: '4' }, { cpus: 0 }, { pids: 1 }],
      ),
      env,
      git: mostly(
        [null, { user: { name: 'N', email: 'e@x' } }, { user: null }],
        [{ user: { name: 'N' } }, { remotes: {} }],
      ),
      egress: mapOf(
        { routes: distinct(route, 'host'), unknown_host: mostly(['block', null], ['supervise']) },
        ['routes'],
      ),
    },
    ['egress'],
  ),
  agent: mapOf({ bottle: name, description: word }, ['bottle']),
};

/** A few bottles and agents, some of which compose; a quarter of the texts are damaged afterwards. */
export function makeManifests(random: Random): ManifestFiles {
  const taken = goodNames.slice(0, 1 + upTo(random, 3));
  const bottles = taken.map((each, index) => makeFile(random, 'bottle', each, taken.slice(0, index)));
  const agents = random() < 0.4 ? [makeFile(random, 'agent', name(random) as string, taken)] : [];
  return { files: [...bottles, ...agents], userHome: '/home/user' };
}

/** What a file names are mostly `others`, so that most sets compose. */
function makeFile(
  random: Random,
  kind: ManifestKind,
  fileName: string,
  others: readonly string[],
): ManifestFile {
  const origin = random() < 0.93 ? 'home' : 'repository';
  const data = keys[kind](random) as Record<string, Value>;
  if (random() < 0.9) {
    if (kind === 'agent') data['bottle'] = others[0];
    else if ('extends' in data) data['extends'] = others.filter(() => random() < 0.7);
  }
  const written = `---\n${stringify(data)}---\nText.\n`;
  const text = random() < 0.25 ? damaged(random, written) : written;
  const shown = `${origin}/${kind}s/${JSON.stringify(fileName)}.md`;
  return { kind, origin, name: fileName, path: `/manifests/${kind}s/${fileName}.md`, shown, text };
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
