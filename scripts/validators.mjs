// Compiles the manifest's JSON Schemas to plain functions, so that a start neither loads nor runs a schema compiler.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { writeIfChanged } from './registry.mjs';

const folder = 'src/manifest/schema';

export function compileSchemas(root) {
  const read = (name) =>
    JSON.parse(readFileSync(join(root, folder, `${name}.schema.json`), 'utf8'), withoutDescriptions);
  return new Ajv({
    schemas: ['route', 'bottle', 'agent'].map(read),
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
}

export function generateValidators(root) {
  const code = standaloneCode.default(compileSchemas(root), {
    validateBottle: 'bottle',
    validateAgent: 'agent',
  });
  if (code.includes('require(')) throw new Error('a keyword of the schemas needs a run-time part of ajv');
  writeIfChanged(
    join(root, folder, 'validators.generated.ts'),
    `// @ts-nocheck\n// Made by scripts/validators.mjs from the schemas beside it.\n${code}\n`,
  );
}

function withoutDescriptions(key, value) {
  return key === 'description' && typeof value === 'string' ? undefined : value;
}
