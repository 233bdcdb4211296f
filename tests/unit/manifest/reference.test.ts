import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('docs/manifest.md says what the schemas say', () => {
  const script = join(import.meta.dirname, '../../../scripts/manifest-reference.mjs');
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
});
