// Writes every source that is made from others: plugin registries, the schemas' validators, the scan's kernel.
import { generateKernel } from './kernel.mjs';
import { generateRegistries } from './registry.mjs';
import { generateValidators } from './validators.mjs';

export async function generateSources(root) {
  generateRegistries(root);
  generateValidators(root);
  await generateKernel(root);
}
