import type { Scanner } from '../scan/scanner.js';

/** A host or a target as it may be shown, with what is found in it covered. */
export function shownText(scanner: Scanner, text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  const { findings, outcome } = scanner.scan(bytes, 'path');
  if (outcome !== 'complete') return '*';
  for (const { start, end } of findings) bytes.fill(0x2a, start, end);
  return findings.length === 0 ? text : bytes.toString('latin1');
}
