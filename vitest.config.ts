import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const onCi = process.env.CI === 'true';

export default defineConfig({
  // As the build does for the program.
  define: { VERSION: JSON.stringify(version) },
  test: {
    include: ['{src,fn,tools}/**/*.test.ts', 'testdata/*.test.ts', 'examples/*.test.ts'],
    setupFiles: ['tools/law-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: onCi ? ['default', ['json', { outputFile: 'dist/tests.json' }]] : ['default'],
  },
});
