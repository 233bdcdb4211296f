// Made-up texts beside a provider's name: random values as its keys are, and the same spoilt, which are none.
import { loadModule } from './load.mjs';
import { numbersFor, pick, randomOf } from './random-values.mjs';

const { fitOf, fits, formatSetOf, formatsByProvider } = await loadModule(
  'src/policy/scan-context/formats.ts',
);

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const alphabets = {
  h: `${digits}abcdef`,
  l: digits + lower,
  U: digits + upper,
  a: digits + lower + upper,
  d: `${digits}${lower}${upper}_-`,
  b: `${digits}${lower}${upper}+/`,
  t: `${digits}${lower}${upper}_-.`,
  g: `${digits}${lower}${upper}:!@#`,
  u: `${digits}abcdef`,
};

/** How a configuration, a program, a log or a note writes a name and its value. */
const forms = [
  (name, value) => `${name} = '${value}'`,
  (name, value) => `${name}_api_key = "${value}"\n`,
  (name, value) => `${name.toUpperCase()}_API_KEY=${value}\n`,
  (name, value) => `${name.toUpperCase()}_TOKEN: ${value}\n`,
  (name, value) => `{"${name}": {"apiKey": "${value}"}}`,
  (name, value) => `const ${name}Token = '${value}';`,
  (name, value) => `# ${name}\nkey: ${value}\n`,
  (name, value) => `${name}.secret=${value}\n`,
  (name, value) => `export ${name.toUpperCase()}_SECRET="${value}"\n`,
  (name, value) => `${name} key ${value}`,
  (name, value) => `curl https://api.${name}.com/v1/items -H 'X-Api-Key: ${value}'`,
  (name, value) => `[debug] calling ${name}, token=${value}\n[debug] answer 200\n`,
];

function valueFor(format, random) {
  const letter = format.charAt(0);
  const set = alphabets[letter];
  if (letter === 'u') return randomOf(set, 32, random).replace(/^(.{8})(....)(....)(....)/, '$1-$2-$3-$4-');
  const [least, most] = format.slice(1).split('-').map(Number);
  return randomOf(
    set,
    most === undefined ? least : least + Math.floor(random() * Math.min(12, (most || 999) - least + 1)),
    random,
  );
}

/** Cut, lengthened, or with a mark in it that no key of the provider has. */
function spoilt(value, format, random) {
  const at = 2 + Math.floor(random() * (value.length - 4));
  const more = 1 + Math.floor(random() * 3);
  const ways = [
    value.slice(0, -more),
    value + value.slice(0, more),
    `${value.slice(0, at)}?${value.slice(at + 1)}`,
  ];
  if ('hlUa'.includes(format.charAt(0)))
    ways.push(value.slice(0, at) + pick('_-', random) + value.slice(at + 1));
  if ('hl'.includes(format.charAt(0)))
    ways.push(value.slice(0, at) + pick(upper, random) + value.slice(at + 1));
  if ('hu'.includes(format.charAt(0))) ways.push(value.slice(0, at) + strays(value, at, random));
  return pick(ways, random);
}

/** The rest of a value from `at` on, with the next letter or two beyond hexadecimal. */
function strays(value, at, random) {
  let left = 1 + Math.floor(random() * 2);
  return value.slice(at).replace(/[0-9a-f]/g, (letter) => {
    left -= 1;
    return left >= 0 ? pick('ghkmpqrstwxyz', random) : letter;
  });
}

/** Rows as the corpora have them; keys under twelve bytes, which are not looked at, and those of no fixed length are left out. */
export function providerRows() {
  const rows = [];
  for (const [name, table] of formatsByProvider) {
    let letter = '';
    for (const part of table.split(',')) {
      letter = /^[a-z]/i.test(part) ? part.charAt(0) : letter;
      const format = /^[a-z]/i.test(part) ? part : letter + part;
      const random = numbersFor(`${name} ${format}`);
      const value = valueFor(format, random);
      if (value.length < 16 || value.length > 160) continue;
      const row = { tier: 'made-up-provider', class: 'contextual', rule: name, source: `made-up:${name}` };
      rows.push({ ...row, label: 'secret', secret: [value], text: pick(forms, random)(name, value) });
      const bad = spoilt(value, format, random);
      if (fitOf(formatSetOf(name), Buffer.from(bad), 0, bad.length) !== fits.nearly) continue;
      rows.push({ ...row, label: 'clean', text: pick(forms, random)(name, bad) });
    }
  }
  return rows;
}
