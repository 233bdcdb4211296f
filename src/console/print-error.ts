import type { BottleError } from '../contract/errors.js';
import { printable } from '../contract/printable.js';

/** Names of files and hosts come from repositories and agents too. */
const shown = (text: string) => printable(text, 2000);

/**
 * The one shape of an error:
 *
 *     error: unknown key 'rotes' (manifest)
 *       at ~/.bot-bottle/bottles/a.md:4:3
 *        4 |   rotes:
 *       fix: did you mean 'routes'?
 */
export function formatError(error: BottleError): string {
  const lines = [`error: ${shown(error.message)} (${error.code})`];
  if (error.where) lines.push(`  at ${shown(error.where)}`);
  if (error.frame) lines.push(error.frame);
  if (error.hint) lines.push(`  fix: ${error.hint.split('\n').map(shown).join('\n')}`);
  return `${lines.join('\n')}\n`;
}
