// Writes docs/manifest.md from the manifests' JSON Schemas; --check only says whether it is stale.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeIfChanged } from './registry.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, 'docs/manifest.md');

function schema(name) {
  return JSON.parse(readFileSync(join(root, `src/manifest/schema/${name}.schema.json`), 'utf8'));
}

const typeWords = {
  string: 'string',
  array: 'list',
  object: 'map',
  boolean: 'true or false',
  number: 'number',
  integer: 'whole number',
};

function typeOf(node) {
  const types = [node.type].flat().filter((type) => type !== 'null');
  const values = (node.enum ?? []).filter((value) => value !== null).map((value) => `\`${value}\``);
  return values.length > 0 ? values.join(', ') : types.map((type) => typeWords[type]).join(' or ');
}

/** Rows of one map's keys, then those of what lies below each. */
function rows(node, path) {
  const required = new Set(node.required ?? []);
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const name = `${path}${key}`;
    const needed = required.has(key) ? ' **Required.**' : '';
    return [
      `| \`${name}\` | ${typeOf(child)} | ${child.description.replaceAll('|', '\\|')}${needed} |`,
      ...below(child, name),
    ];
  });
}

function below(node, name) {
  const inner = node.items?.$ref ? schema(node.items.$ref) : node.items;
  if (inner?.properties) return rows(inner, `${name}[].`);
  if (typeof node.additionalProperties === 'object') return rows(node.additionalProperties, `${name}.NAME.`);
  return rows(node, `${name}.`);
}

function section(name) {
  const node = schema(name);
  return [
    `## ${node.title}`,
    '',
    node.description,
    '',
    '| Key | Value | Meaning |',
    '|---|---|---|',
    ...rows(node, ''),
    '',
  ].join('\n');
}

/** The source of the table of what is refused, read as text: a script has no TypeScript. */
function unsupported() {
  const source = readFileSync(join(root, 'src/manifest/unsupported.ts'), 'utf8');
  const lines = [...source.matchAll(/path: '([^']+)'(?:, values: \[([^\]]+)\])?/g)];
  return lines.map(([, path, values]) => {
    const key = path.slice(1).replaceAll('/*', '[]').replaceAll('/', '.');
    return `- \`${key}\`${values ? `: ${values.replaceAll("'", '`')}` : ''}`;
  });
}

export function manifestReference() {
  return `<!-- Made by scripts/manifest-reference.mjs from src/manifest/schema. Change it there. -->
# Bottles and agents

A bottle says what may leave; an agent is a bottle and a system prompt. Each is a Markdown file whose YAML front matter
stands between two lines of \`---\`. \`bot-bottle validate\` checks all of them and says what is wrong where;
\`bot-bottle routes NAME\` shows what the whole comes to.

| File | Holds |
|---|---|
| \`~/.bot-bottle/bottles/NAME.md\` | a bottle |
| \`~/.bot-bottle/agents/NAME.md\` | an agent |
| \`REPO/.bot-bottle/agents/NAME.md\` | an agent that came with the code: \`bottle\`, \`skills\` and the prompt, nothing else |

\`BOT_BOTTLE_HOME\` names another folder than \`~/.bot-bottle\`. A bottle in a repository is an error. An agent of your own
wins over a repository's of the same name. NAME is 1 to 64 of \`a-z 0-9 _ -\`, beginning with a letter or digit.

${section('bottle')}
${section('agent')}
## How \`extends\` composes

- Maps merge key by key; routes merge by host (\`API.Example.com.\` and \`api.example.com\` are one); your file's value wins.
- What is inside a value is replaced whole: the lists \`matches\` and \`headers\`, and the map \`auth\`.
- \`null\` removes what a parent set: \`env: {NAME: null}\`, \`- {host: api.example.com, auth: null}\`. \`matches: null\` lets every
  request pass; a key with nothing behind it is an error, because it would say the same by accident.
- \`- {host: api.example.com, remove: true}\` takes the host's entry away. No parent having one is an error.
- Of several parents the later wins. Each bottle comes after all of its own parents, a shared one once: in
  \`extends: [left, right]\`, where both extend \`root\`, the order is \`root\`, \`left\`, \`right\`, your file. A circle or a missing
  parent is an error.

## What is read strictly

UTF-8 without byte order mark, LF line ends, YAML 1.2 without tags, merge keys (\`<<\`) and duplicate keys; at most 256 KiB a file,
64 KiB of front matter, 32 levels, 100 aliases. Numbers and \`true\` in \`env\` need quotes.

A credential on a plain \`http\` route is an error, unless the route says \`private: true\` or \`connect_to\`. Regular expressions are
RE2's (no look-around, no back-references) and match the whole.

## Not supported yet

These keys are refused at load, so that none is written and left without effect:

${unsupported().join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeIfChanged(output, manifestReference());
  else if (readFileSync(output, 'utf8') !== manifestReference()) {
    console.error('docs/manifest.md is stale: node scripts/manifest-reference.mjs writes it anew');
    process.exit(1);
  }
}
