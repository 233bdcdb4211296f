import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstManifests } from '../../../src/host/first-manifests.js';
import {
  loadAgent,
  manifestHome,
  readManifestFolder,
  readManifests,
} from '../../../src/host/manifest-files.js';
import { readManifestPath } from '../../../src/host/manifest-path.js';
import { writeManifests } from '../../../src/host/write-manifests.js';
import { resolveAgent, validateAll } from '../../../src/manifest/resolve.js';

const bottle = '---\nenv: {A: home}\n---\n';
const agent = (text: string) => `---\nbottle: web\n---\n${text}\n`;

let root: string;
let home: string;
let manifests: string;
let repository: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'manifest-files-'));
  home = join(root, 'home');
  manifests = join(home, '.bot-bottle');
  repository = join(root, 'code');
  write(join(manifests, 'bottles/web.md'), bottle);
  write(join(manifests, 'agents/mine.md'), agent('Mine.'));
  mkdirSync(join(repository, '.git'), { recursive: true });
  mkdirSync(join(repository, 'deep/er'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}
const request = (workspace = repository) => ({ environment: { HOME: home }, workspace });
const shown = (workspace?: string) => readManifests(request(workspace)).files.map((file) => file.shown);

describe('the operator’s folder', () => {
  it('is read, with paths that begin at home', () => {
    expect(shown()).toEqual(['~/.bot-bottle/bottles/web.md', '~/.bot-bottle/agents/mine.md']);
    expect(loadAgent('mine', request()).bottle.env).toEqual({ A: 'home' });
  });

  it('is where BOT_BOTTLE_HOME says', () => {
    const environment = { HOME: join(root, 'elsewhere'), BOT_BOTTLE_HOME: manifests };
    expect(loadAgent('mine', { environment, workspace: repository }).systemPrompt).toBe('Mine.');
  });

  it.each(['', '.', 'home'])('is not in the current folder for HOME=%j: that counts as unset', (value) => {
    write(join(repository, '.bot-bottle/bottles/web.md'), bottle);
    vi.spyOn(process, 'cwd').mockReturnValue(repository);
    vi.stubEnv('HOME', value);
    try {
      for (const environment of [{ HOME: value }, {}])
        expect(manifestHome(environment)).toBe(join(userInfo().homedir, '.bot-bottle'));
    } finally {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    }
  });

  it('is asked for when it is missing', () => {
    rmSync(manifests, { recursive: true });
    expect(() => shown()).toThrow(
      expect.objectContaining({ code: 'manifest', hint: expect.stringContaining('bot-bottle init') }),
    );
  });

  it.each(['.', 'bottles', 'agents', 'bottles/web.md'])('is refused when others may write %s', (path) => {
    chmodSync(manifests, 0o755);
    chmodSync(join(manifests, path), 0o777);
    expect(() => shown()).toThrow(expect.objectContaining({ hint: expect.stringContaining('chmod go-w') }));
  });

  it('may hold a link in a circle, which stops no other file', () => {
    symlinkSync('circle.md', join(manifests, 'bottles/circle.md'));
    expect(loadAgent('mine', request()).systemPrompt).toBe('Mine.');
    expect(validateAll(readManifests(request()))).toMatchObject([{ code: 'file-unreadable' }]);
  });

  it('may have loose files where others cannot enter', () => {
    chmodSync(manifests, 0o700);
    chmodSync(join(manifests, 'bottles/web.md'), 0o666);
    expect(shown()).toHaveLength(2);
  });

  it.each([
    ['larger than 256 KiB', (path: string) => writeFileSync(path, Buffer.alloc(256 * 1024 + 1, 0x61))],
    ['not UTF-8', (path: string) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x61]))],
    ['not an ordinary file', (path: string) => symlinkSync('/dev/zero', path)],
    ['cannot be read', (path: string) => symlinkSync('missing', path)],
  ])('may hold a file that is %s: it is refused, and stops nobody else', (problem, make) => {
    chmodSync(manifests, 0o700);
    make(join(manifests, 'bottles/odd.md'));
    make(join(manifests, 'agents/odd.md'));
    write(join(manifests, 'agents/user.md'), '---\nbottle: odd\n---\n');
    expect(loadAgent('mine', request()).systemPrompt).toBe('Mine.');
    for (const name of ['odd', 'user']) expect(() => loadAgent(name, request())).toThrow(problem);
    const diagnostics = validateAll(readManifests(request()));
    expect(diagnostics.map(({ file }) => file)).toEqual([
      '~/.bot-bottle/bottles/odd.md',
      '~/.bot-bottle/agents/odd.md',
    ]);
    for (const { message } of diagnostics) expect(message).toContain(problem);
  });
});

describe('a repository', () => {
  it('brings agents, found from any folder in it', () => {
    write(join(repository, '.bot-bottle/agents/site.md'), agent('Site.'));
    expect(loadAgent('site', request(join(repository, 'deep/er'))).systemPrompt).toBe('Site.');
  });

  it('does not shadow the operator’s agent', () => {
    write(join(repository, '.bot-bottle/agents/mine.md'), agent('Evil.'));
    expect(loadAgent('mine', request()).systemPrompt).toBe('Mine.');
  });

  it('may not bring a bottle', () => {
    write(join(repository, '.bot-bottle/bottles/evil.md'), bottle);
    expect(validateAll(readManifests(request())).map(({ code }) => code)).toEqual(['repository-bottle']);
  });

  it('is never the home folder', () => {
    mkdirSync(join(home, '.git'));
    mkdirSync(join(home, 'plain'));
    expect(readManifests(request(join(home, 'plain'))).files.every(({ origin }) => origin === 'home')).toBe(
      true,
    );
    const environment = { HOME: home, BOT_BOTTLE_HOME: join(root, 'other') };
    write(join(root, 'other/bottles/web.md'), bottle);
    expect(readManifests({ environment, workspace: join(home, 'plain') }).files).toHaveLength(1);
  });

  it.each([
    ['.bot-bottle/agents/leak.md', '../../../home/.bot-bottle/agents/mine.md'],
    ['.bot-bottle/agents', '../../home/.bot-bottle/agents'],
    ['.bot-bottle', '../home/.bot-bottle/../.bot-bottle'],
    ['.bot-bottle', '../elsewhere'],
  ])('may not lead out by the link %s', (link, target) => {
    write(join(root, 'elsewhere/agents/x.md'), agent('X.'));
    const path = join(repository, link);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
    const outcome = () => readManifests(request()).files.filter(({ origin }) => origin === 'repository');
    // A link to the operator's own folder brings nothing in; any other is refused.
    if (target.includes('/../.bot-bottle')) expect(outcome()).toEqual([]);
    else expect(outcome).toThrow('leads out of its own .bot-bottle');
  });

  it('may link within its own .bot-bottle', () => {
    write(join(repository, '.bot-bottle/agents/site.md'), agent('Site.'));
    symlinkSync('site.md', join(repository, '.bot-bottle/agents/again.md'));
    expect(loadAgent('again', request()).systemPrompt).toBe('Site.');
  });
});

describe('a path on the command line', () => {
  it('means one file with what it extends, or a folder', () => {
    expect(readManifestPath(join(manifests, 'agents/mine.md'), request()).only?.name).toBe('mine');
    expect(readManifestPath(manifests, request()).manifests.files).toHaveLength(2);
    expect(() => readManifestPath('nothing', request())).toThrow('there is nothing here');
  });

  it('keeps a repository’s file a repository’s', () => {
    const path = join(repository, '.bot-bottle/agents/site.md');
    write(path, agent('Site.'));
    expect(readManifestPath(path, request()).only?.origin).toBe('repository');
  });
});

describe('the first manifests', () => {
  it('are valid, private, and never written over', () => {
    const fresh = join(root, 'fresh');
    expect(writeManifests(fresh, firstManifests).every(({ written }) => written)).toBe(true);
    const read = readManifestFolder(fresh, { HOME: home });
    expect(validateAll(read)).toEqual([]);
    expect(resolveAgent('sandbox', read).bottle.routes.map(({ host }) => host)).toEqual([
      'registry.npmjs.org',
    ]);
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
    const file = join(fresh, 'bottles/sandbox.md');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, bottle);
    expect(writeManifests(fresh, firstManifests).some(({ written }) => written)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(bottle);
  });
});
