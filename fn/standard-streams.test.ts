import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('a text is the same on the other side wherever it is cut into pieces', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { write } from './standard-streams.ts'; void write(1, 'a'.repeat(+process.argv[1]) + '😀é'.repeat(600_000));`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    write: false,
  });
  for (const before of [0, 1]) {
    const out = execFileSync(process.execPath, ['-e', outputFiles[0]?.text ?? '', String(before)], {
      maxBuffer: 2 ** 24,
    });
    expect(out.toString() === 'a'.repeat(before) + '😀é'.repeat(600_000)).toBe(true);
  }
});
