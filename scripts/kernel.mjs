// Compiles src/kernel (AssemblyScript) to WebAssembly, as text in src/policy/scan/kernel.generated.ts; only when it changed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = 'src/kernel';
const compilerOptions = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];

function fingerprint(files, read) {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  const hash = createHash('sha256').update(`${version} ${compilerOptions.join(' ')}\n`);
  for (const file of files) hash.update(`${file}\n${read(file)}\n`);
  return hash.digest('hex');
}

function generatedBefore(file, made) {
  try {
    return readFileSync(file, 'utf8').startsWith(made);
  } catch {
    return false;
  }
}

export async function generateKernel(root) {
  const read = (file) => readFileSync(join(root, folder, file), 'utf8');
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts'));
  const made = `// Made by scripts/kernel.mjs from ${folder}, ${fingerprint(files, read)}.\n`;
  const target = join(root, 'src/policy/scan/kernel.generated.ts');
  if (generatedBefore(target, made)) return;
  const binary = await compile(root);
  const text = Buffer.from(binary).toString('base64');
  writeFileSync(
    target,
    `${made}/** A WebAssembly module, in base64. */\nexport const kernelModule =\n  '${text}';\n`,
  );
}

async function compile(root) {
  // Loaded only where it is needed: it is large.
  const { default: asc } = await import('assemblyscript/asc');
  let binary = null;
  const { error, stderr } = await asc.main(
    [`${folder}/index.ts`, '--baseDir', root, '--outFile', 'kernel.wasm', ...compilerOptions],
    {
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`${folder}: ${stderr.toString() || error.message}`);
  return binary;
}
