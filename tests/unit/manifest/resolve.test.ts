import { describe, expect, it } from 'vitest';
import { BottleError } from '../../../src/contract/errors.js';
import { defaultDlp } from '../../../src/contract/route.js';
import { resolveAgent, resolveBottle, validateAll } from '../../../src/manifest/resolve.js';
import type { ManifestFile } from '../../../src/manifest/source.js';
import { manifestsOf } from '../../support/manifests.js';

const route = (host: string, ...lines: string[]) =>
  `    - host: ${host}\n${lines.map((line) => `      ${line}\n`).join('')}`;
const routes = (...entries: string[]) => `egress:\n  routes:\n${entries.join('')}`;

function caught(run: () => unknown): BottleError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof BottleError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('a bottle by itself', () => {
  it('comes out with every default', () => {
    const bottle = resolveBottle('web', manifestsOf({ web: routes(route('API.Example.com.')) }));
    expect(bottle).toEqual({
      name: 'web',
      chain: ['web'],
      provider: 'shell',
      env: {},
      gitUser: null,
      unknownHost: 'block',
      dockerfile: null,
      runtime: null,
      resources: { memory: null, cpus: null, pids: null },
      routes: [
        {
          host: 'api.example.com',
          scheme: 'https',
          matches: null,
          auth: null,
          headers: [],
          gitFetch: false,
          doh: false,
          dlp: { outbound: null, inbound: null, outboundOnMatch: 'supervise', inboundOnMatch: 'block' },
          connectTo: null,
          private: false,
          caFile: null,
          where: 'bottles/web.md:4:13',
        },
      ],
      routeBottles: { 'api.example.com': ['web'] },
    });
  });

  it('takes each part of dlp from the parent, unless it says so itself or takes it back', () => {
    const dlp = (child: string) =>
      resolveBottle(
        'child',
        manifestsOf({
          base: routes(
            route(
              'a.test',
              'dlp: {outbound_detectors: [crlf], inbound_detectors: false, inbound_on_match: warn}',
            ),
          ),
          child: `extends: base\n${routes(route('a.test', child))}`,
        }),
      ).routes[0]?.dlp;
    const inherited = {
      outbound: ['crlf'],
      inbound: [],
      outboundOnMatch: 'supervise',
      inboundOnMatch: 'warn',
    };
    expect(dlp('dlp: {outbound_on_match: block}')).toEqual({ ...inherited, outboundOnMatch: 'block' });
    expect(dlp('dlp: {outbound_detectors: true}')).toEqual({ ...inherited, outbound: null });
    expect(dlp('dlp: {inbound_detectors: [reflected_secrets], inbound_on_match: null}')).toEqual({
      ...inherited,
      inbound: ['reflected_secrets'],
      inboundOnMatch: 'block',
    });
    expect(dlp('dlp: null')).toEqual(defaultDlp);
  });

  it('composes limits key by key, the image and the runtime, and takes them back with null', () => {
    const base = [
      'agent_provider: {dockerfile: images/web/Dockerfile}',
      'docker: {runtime: runsc}',
      'resources: {memory: 1.5g, cpus: 2, pids: 64}',
    ].join('\n');
    const of = (child: string) =>
      resolveBottle('child', manifestsOf({ base, child: `extends: base\n${child}` }));
    const whole = of('env: {}');
    expect(whole.dockerfile).toEqual({
      path: '/manifests/bottles/images/web/Dockerfile',
      where: 'bottles/base.md:2:30',
    });
    expect(whole.runtime).toEqual({ name: 'runsc', where: 'bottles/base.md:3:19' });
    expect(whole.resources).toEqual({ memory: 1.5 * 2 ** 30, cpus: 2, pids: 64 });
    expect(of('resources: {memory: 512MiB, pids: null}').resources).toEqual({
      memory: 2 ** 29,
      cpus: 2,
      pids: null,
    });
    expect(of('resources: null').resources).toEqual({ memory: null, cpus: null, pids: null });
    expect(of('docker: null').runtime).toBeNull();
    expect(of('docker: {runtime: kata-runtime}').runtime?.name).toBe('kata-runtime');
    expect(of('agent_provider: {dockerfile: null}').dockerfile).toBeNull();
  });

  it('takes what becomes of unknown hosts from the parent, unless it says so itself or takes it back', () => {
    const chosen = (child: string) =>
      resolveBottle(
        'child',
        manifestsOf({ base: 'egress: {unknown_host: supervise}', child: `extends: base\n${child}` }),
      ).unknownHost;
    expect(chosen('env: {}')).toBe('supervise');
    expect(chosen('egress: {unknown_host: block}')).toBe('block');
    expect(chosen('egress: {unknown_host: null}')).toBe('block');
  });

  it('keeps an empty list of matches apart from none', () => {
    const bottle = resolveBottle(
      'web',
      manifestsOf({ web: routes(route('a.example.com', 'matches: []'), route('b.example.com')) }),
    );
    expect(bottle.routes.map(({ matches }) => matches)).toEqual([[], null]);
  });

  it('reads every key of a route', () => {
    const yaml = routes(
      route(
        "'*.bücher.example'",
        'scheme: http',
        'connect_to: "[2001:DB8::0:1]:8080"',
        'ca_file: ../ca.pem',
        'doh: true',
        'git: {fetch: true}',
        'auth: {scheme: Basic, token_ref: LOGIN}',
        'headers: [{name: X-A, value: a}, {name: X-B, value_ref: B}]',
        'matches: [{paths: [{type: exact, value: /a%2Fb}], methods: [GET], headers: [{name: X-Kind, value: k}]}]',
      ),
    );
    expect(resolveBottle('web', manifestsOf({ web: yaml })).routes[0]).toMatchObject({
      host: '*.xn--bcher-kva.example',
      scheme: 'http',
      connectTo: { host: '2001:db8::1', port: 8080 },
      caFile: '/manifests/ca.pem',
      doh: true,
      gitFetch: true,
      auth: { scheme: 'Basic', secret: 'LOGIN' },
      headers: [
        { name: 'X-A', value: 'a' },
        { name: 'X-B', secret: 'B' },
      ],
      matches: [
        {
          paths: [{ type: 'exact', value: '/a%2Fb' }],
          methods: ['GET'],
          headers: [{ name: 'x-kind', value: 'k', type: 'exact' }],
        },
      ],
    });
  });

  it('takes ~/ for the home folder', () => {
    const bottle = resolveBottle(
      'web',
      manifestsOf({ web: routes(route('a.example.com', 'ca_file: ~/ca.pem')) }),
    );
    expect(bottle.routes[0]?.caFile).toBe('/home/user/ca.pem');
  });

  it('takes names of Object for ordinary names', () => {
    const yaml = `env: {constructor: a, hasOwnProperty: b}\n${routes(route('constructor'), route('tostring'))}`;
    const bottle = resolveBottle('constructor', manifestsOf({ constructor: yaml }));
    expect(bottle.env).toEqual({ constructor: 'a', hasOwnProperty: 'b' });
    expect(bottle.routes.map(({ host }) => host)).toEqual(['constructor', 'tostring']);
    expect(caught(() => resolveBottle('toString', manifestsOf({}))).message).toContain(
      "no bottle 'toString'",
    );
  });
});

describe('extends', () => {
  it('merges maps and routes, and lets the child win', () => {
    const manifests = manifestsOf({
      base: `env: {A: base, B: base}\n${routes(route('a.example.com', 'doh: true', 'auth: {scheme: Bearer, token_ref: T}', 'matches: [{methods: [GET]}]'))}`,
      web: `extends: base\nenv: {B: web, A: null, C: web}\n${routes(route('A.example.com', 'auth: null', 'matches: [{methods: [POST]}]'))}`,
    });
    const bottle = resolveBottle('web', manifests);
    expect(bottle.chain).toEqual(['base', 'web']);
    expect(bottle.env).toEqual({ B: 'web', C: 'web' });
    expect(bottle.routes).toHaveLength(1);
    expect(bottle.routes[0]).toMatchObject({
      doh: true,
      auth: null,
      matches: [{ methods: ['POST'] }],
      where: 'bottles/web.md:6:13',
    });
    expect(bottle.routeBottles['a.example.com']).toEqual(['base', 'web']);
  });

  it('takes a route away, and lets a later bottle write it anew', () => {
    const manifests = manifestsOf({
      a: routes(route('a.example.com', 'doh: true', 'private: true')),
      b: `extends: a\n${routes(route('a.example.com', 'remove: true'))}`,
      c: `extends: b\n${routes(route('a.example.com', 'private: true'))}`,
    });
    expect(resolveBottle('b', manifests).routes).toEqual([]);
    expect(resolveBottle('c', manifests).routes[0]).toMatchObject({ doh: false, private: true });
    expect(resolveBottle('c', manifests).routeBottles['a.example.com']).toEqual(['c']);
  });

  it('lets the later parent win, and composes a shared one once', () => {
    const manifests = manifestsOf({
      root: 'env: {X: root, Y: root}',
      left: 'extends: root\nenv: {X: left}',
      right: 'extends: [root]\nenv: {Y: right}',
      both: 'extends: [left, right]',
      later: 'extends: [right, left]\nenv: {Z: z}',
    });
    expect(resolveBottle('both', manifests)).toMatchObject({
      chain: ['root', 'left', 'right', 'both'],
      env: { X: 'left', Y: 'right' },
    });
    expect(resolveBottle('later', manifests).chain).toEqual(['root', 'right', 'left', 'later']);
  });

  it('does not mind a broken bottle that nobody extends', () => {
    const manifests = manifestsOf({ web: 'env: {A: b}', broken: 'rotes: 1' });
    expect(resolveBottle('web', manifests).env).toEqual({ A: 'b' });
    expect(validateAll(manifests)).toHaveLength(1);
  });
});

describe('agents and who may say what', () => {
  const bottle: ManifestFile = {
    kind: 'bottle',
    origin: 'home',
    name: 'web',
    path: '/h/bottles/web.md',
    shown: 'web.md',
    text: '---\nenv: {A: home}\n---\n',
  };
  const agent = (origin: 'home' | 'repository', text: string): ManifestFile => ({
    kind: 'agent',
    origin,
    name: 'site',
    path: `/${origin}/agents/site.md`,
    shown: `${origin}/site.md`,
    text,
  });

  it('gives the body as the system prompt', () => {
    const file = agent('repository', '---\nbottle: web\n---\n\nDo it.\n---\nAnd stop.\n');
    const resolved = resolveAgent('site', { files: [bottle, file], userHome: '/h' });
    expect(resolved).toMatchObject({
      name: 'site',
      file: 'repository/site.md',
      systemPrompt: 'Do it.\n---\nAnd stop.',
    });
    expect(resolved.bottle.env).toEqual({ A: 'home' });
  });

  it.each([0, 1])('lets no repository shadow an agent of the home folder (order %i)', (order) => {
    const both = [
      agent('repository', '---\nbottle: web\n---\nEvil.\n'),
      agent('home', '---\nbottle: web\n---\nMine.\n'),
    ];
    const files = [bottle, ...(order === 0 ? both : both.toReversed())];
    expect(resolveAgent('site', { files, userHome: '/h' }).systemPrompt).toBe('Mine.');
  });

  it('never composes a bottle of a repository', () => {
    const foreign: ManifestFile = {
      ...bottle,
      origin: 'repository',
      name: 'evil',
      text: '---\nenv: {A: evil}\n---\n',
    };
    const files = [bottle, foreign, agent('home', '---\nbottle: evil\n---\n')];
    expect(caught(() => resolveAgent('site', { files, userHome: '/h' })).message).toBe(
      "there is no bottle 'evil'",
    );
    expect(caught(() => resolveBottle('evil', { files, userHome: '/h' })).code).toBe('manifest');
  });

  it('names the place, the fix and the number of further problems', () => {
    const error = caught(() => resolveBottle('web', manifestsOf({ web: 'evn: {}\negres: {}\nskils: []' })));
    expect(error).toMatchObject({
      code: 'manifest',
      exitCode: 2,
      where: 'bottles/web.md:2:1',
      message: "unknown key 'evn'",
    });
    expect(error.hint).toBe("did you mean 'env'?; 2 more; bot-bottle validate lists them");
    expect(error.frame).toContain('^');
  });

  it('suggests the agent that was meant', () => {
    const manifests = manifestsOf({ web: 'env: {A: b}' }, { review: 'bottle: web' });
    expect(caught(() => resolveAgent('reveiw', manifests)).hint).toBe("did you mean 'review'?");
    expect(caught(() => resolveAgent('something', manifests)).hint).toBe('one of: review');
  });
});
