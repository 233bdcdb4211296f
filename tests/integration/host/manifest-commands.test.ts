import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command as CommanderCommand } from 'commander';
import { afterEach, beforeEach, expect, it } from 'vitest';
import init from '../../../src/commands/init.js';
import routes from '../../../src/commands/routes.js';
import validate from '../../../src/commands/validate.js';
import type { Command } from '../../../src/console/command.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'manifest-commands-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(command: Command, ...given: (string | { readonly in: string })[]) {
  const args = given.filter((one) => typeof one === 'string');
  const place = given.find((one) => typeof one === 'object');
  const outcome = { printed: '', code: 0 };
  const parser = new CommanderCommand(command.name).exitOverride();
  command.configure(parser, {
    environment: { HOME: home, API_TOKEN: 'the-value-itself' },
    workingDirectory: place?.in ?? home,
    print: (text) => {
      outcome.printed += text;
    },
    tell: () => {},
    end: (code) => {
      outcome.code = code;
    },
  });
  await parser.parseAsync(args, { from: 'user' });
  return outcome;
}

const bottle = (name: string) => join(home, '.bot-bottle/bottles', `${name}.md`);

it('init, validate and routes follow on each other', async () => {
  expect((await run(init)).printed).toContain('wrote ~/.bot-bottle/bottles/sandbox.md');
  expect((await run(init)).printed).toContain('kept  ~/.bot-bottle/bottles/sandbox.md');
  expect(await run(validate)).toEqual({ printed: 'valid: 2 files\n', code: 0 });
  const { printed } = await run(routes, 'sandbox');
  expect(printed).toContain('registry.npmjs.org  https   GET|HEAD any path');
  expect(printed).toContain('~/.bot-bottle/bottles/sandbox.md:');
});

it('validate prints every problem and ends with 2', async () => {
  await run(init);
  writeFileSync(bottle('web'), '---\nevn: {}\negres: {}\n---\n');
  const { printed, code } = await run(validate);
  expect(code).toBe(2);
  expect(printed).toContain("error: unknown key 'evn' (manifest)\n  at ~/.bot-bottle/bottles/web.md:2:1\n");
  expect(printed).toContain("  fix: did you mean 'env'?\n");
  expect(printed).toContain('2 problems in 3 files\n');
  expect((await run(validate, bottle('sandbox'))).code).toBe(0);
  expect((await run(validate, bottle('web'))).code).toBe(2);
});

it('validate --json prints an array, empty when all is well', async () => {
  await run(init);
  expect(JSON.parse((await run(validate, '--json')).printed)).toEqual([]);
  writeFileSync(bottle('web'), '---\nevn: {}\n---\n');
  const { printed, code } = await run(validate, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(printed)).toEqual([
    {
      code: 'unknown-key',
      message: "unknown key 'evn'",
      file: '~/.bot-bottle/bottles/web.md',
      line: 2,
      column: 1,
      hint: "did you mean 'env'?",
    },
  ]);
});

it('routes names the variable of a credential, never its value', async () => {
  await run(init);
  const route = '{host: api.example.com, auth: {scheme: Bearer, token_ref: API_TOKEN}}';
  writeFileSync(bottle('web'), `---\nextends: sandbox\negress: {routes: [${route}]}\n---\n`);
  const table = await run(routes, 'web');
  expect(table.printed).toContain('adds Authorization: Bearer $API_TOKEN');
  const json = await run(routes, 'web', '--json');
  expect(JSON.parse(json.printed)).toMatchObject({
    agent: null,
    bottle: { chain: ['sandbox', 'web'] },
    routes: [
      { host: 'registry.npmjs.org', bottles: ['sandbox'] },
      { host: 'api.example.com', auth: { secret: 'API_TOKEN' }, bottles: ['web'] },
    ],
  });
  expect(table.printed + json.printed).not.toContain('the-value-itself');
});

it('no folder of a repository speaks to the terminal, in text or in JSON', async () => {
  await run(init);
  const folder = join(home, 'code\u001b]0;title\u0007\u009b31m\u202e\u{e0041}');
  mkdirSync(join(folder, '.bot-bottle/agents'), { recursive: true });
  writeFileSync(join(folder, '.bot-bottle/agents/theirs.md'), '---\nbottle: sandbox\n---\n');
  cpSync(join(home, '.bot-bottle/bottles/sandbox.md'), join(folder, '.bot-bottle/agents/broken.md'));
  const printed: string[] = [];
  for (const [command, ...args] of [
    [routes, 'theirs'],
    [routes, 'theirs', '--json'],
    [validate],
    [validate, '--json'],
  ] as const)
    printed.push((await run(command, ...args, { in: folder })).printed);
  for (const text of printed) {
    expect(text).toMatch(/title/);
    expect(text).not.toMatch(/[\p{Cf}\u007f-\u009f\u0000-\u0009\u000b-\u001f]/u);
  }
  expect(JSON.parse(printed[1] ?? '').agent.file).toBe(
    `${folder.replace(home, '~')}/.bot-bottle/agents/theirs.md`,
  );
});

it('validate looks at the Dockerfile that a bottle names', async () => {
  await run(init);
  writeFileSync(bottle('web'), '---\nagent_provider: {dockerfile: ../Dockerfile}\n---\n');
  writeFileSync(bottle('child'), '---\nextends: web\n---\n');
  for (const args of [[], [bottle('child')]]) {
    const { printed, code } = await run(validate, ...args);
    expect(printed).toMatch(/^error: the Dockerfile .*Dockerfile can't be read .*\n {2}at .*web\.md:2:30\n/);
    expect(printed).toContain('\n1 problem in ');
    expect(code).toBe(2);
  }
  mkdirSync(join(home, '.bot-bottle/Dockerfile'));
  expect((await run(validate)).printed).toContain('is not a plain file');
  rmSync(join(home, '.bot-bottle/Dockerfile'), { recursive: true });
  writeFileSync(join(home, '.bot-bottle/Dockerfile'), 'FROM scratch\n');
  expect((await run(validate)).code).toBe(0);
});

it('validate looks at the files that ca_file names, where bottles start from', async () => {
  await run(init);
  const route = '{host: git.example.com, ca_file: ca.pem}';
  writeFileSync(bottle('web'), `---\negress:\n  routes:\n    - ${route}\n---\n`);
  writeFileSync(bottle('child'), '---\nextends: web\n---\n');
  for (const args of [[], [bottle('web')], [bottle('child')]]) {
    const { printed, code } = await run(validate, ...args);
    expect(printed).toMatch(
      /^error: the certificate file .*ca\.pem can't be read .*\n {2}at .*web\.md:4:31\n/,
    );
    expect(printed).toContain('\n1 problem in ');
    expect(code).toBe(2);
  }
  writeFileSync(join(home, '.bot-bottle/bottles/ca.pem'), 'no certificate');
  expect((await run(validate)).printed).toContain('holds no PEM certificate');
  writeFileSync(join(home, '.bot-bottle/bottles/ca.pem'), '-----BEGIN CERTIFICATE-----\n');
  expect((await run(validate)).code).toBe(0);
  // Somebody else's, as an example to be copied: its files needn't be here.
  cpSync(join(home, '.bot-bottle'), join(home, 'examples'), { recursive: true });
  rmSync(join(home, 'examples/bottles/ca.pem'));
  expect((await run(validate, join(home, 'examples'))).code).toBe(0);
});
