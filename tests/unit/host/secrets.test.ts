import { describe, expect, it } from 'vitest';
import { BottleError, exitCodes } from '../../../src/contract/errors.js';
import { readSecrets } from '../../../src/host/secrets.js';

const reference = { name: 'TOKEN', environmentVariable: 'TOKEN', where: 'a.md:3:5' };

function thrownBy(run: () => unknown): BottleError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof BottleError) return thrown;
  }
  throw new Error('it did not throw a BottleError');
}

describe('readSecrets', () => {
  it('reads what the plan names, and nothing else', () => {
    expect(readSecrets([reference], { TOKEN: 'value', OTHER: 'x' })).toEqual({ TOKEN: 'value' });
  });

  it.each([
    ['is not set', {}],
    ['is empty', { TOKEN: '' }],
  ])('refuses to go on when a variable %s', (text, environment) => {
    const error = thrownBy(() => readSecrets([reference], environment));
    expect(error.message).toContain(text);
    expect(error.where).toBe('a.md:3:5');
    expect(error.exitCode).toBe(exitCodes.usage);
  });

  it('refuses a value that would split a header, and does not print it', () => {
    const error = thrownBy(() => readSecrets([reference], { TOKEN: 'hidden-value\r\nx: y' }));
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('hidden-value');
  });

  it('refuses a value that fits in no header, and takes the longest that does', () => {
    const longest = 'x'.repeat(16 * 1024);
    expect(readSecrets([reference], { TOKEN: longest })).toEqual({ TOKEN: longest });
    const error = thrownBy(() => readSecrets([reference], { TOKEN: `${longest}y` }));
    expect(error.message).toContain('16385 characters');
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('xxxx');
  });
});
