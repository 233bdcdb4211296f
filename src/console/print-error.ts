import type { BottleError } from '../contract/errors.js';

/**
 * The one shape of an error:
 *
 *     error: unknown key 'rotes' (manifest)
 *       at ~/.bot-bottle/bottles/a.md:4:3
 *        4 |   rotes:
 *       fix: did you mean 'routes'?
 */
export function formatError(error: BottleError): string {
  const lines = [`error: ${error.message} (${error.code})`];
  if (error.where) lines.push(`  at ${error.where}`);
  if (error.frame) lines.push(error.frame);
  if (error.hint) lines.push(`  fix: ${error.hint}`);
  return `${lines.join('\n')}\n`;
}
