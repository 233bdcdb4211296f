import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Text files of folders that the caller knows to be clean, joined by `:`; at most 1,500, spread evenly. */
export function cleanFiles(folders) {
  const files = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (
        /\.(?:m?[jt]s|py|md|json|ya?ml|toml|c|h|sh|css|html|txt|rst)$/.test(entry.name) &&
        entry.isFile()
      )
        files.push(path);
    }
  };
  for (const folder of (folders ?? '').split(':').filter(Boolean)) walk(folder);
  const step = Math.max(1, Math.floor(files.length / 1500));
  return files
    .filter((_, i) => i % step === 0)
    .map((path) => ({
      text: readFileSync(path, 'latin1').slice(0, 60_000),
      source: path,
      label: 'clean',
      tier: 'files',
    }));
}
