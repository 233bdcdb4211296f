import { defineConfig } from 'vitest/config';

// A test that hangs ends; how long one takes on a busy machine is no matter of its result.
const project = (name: string, include: string[], options: Record<string, unknown> = {}) => ({
  test: { name, include, environment: 'node', ...options },
});

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('unit', ['tests/unit/**/*.test.ts'], { testTimeout: 60_000 }),
      project('architecture', ['tests/architecture/**/*.test.ts'], { testTimeout: 60_000 }),
      project('contracts', ['tests/contracts/**/*.test.ts'], { testTimeout: 60_000 }),
      project('integration', ['tests/integration/**/*.test.ts'], {
        testTimeout: 180_000,
        hookTimeout: 180_000,
      }),
      project('e2e', ['tests/e2e/**/*.test.ts'], {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
    ],
  },
});
