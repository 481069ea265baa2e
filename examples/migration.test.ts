import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { movedFields } from '../src/spec/v1alpha1-fields.ts';

const page = readFileSync('docs/migration.md', 'utf8');
const commands = [...page.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));

describe('docs/migration.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llsd-migration-'));
  const stack = join(folder, 'examples/v1alpha1/stack.yaml');
  const before = readFileSync('examples/v1alpha1/stack.yaml', 'utf8');

  beforeAll(() => {
    cpSync('examples/v1alpha1', join(folder, 'examples/v1alpha1'), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    symlinkSync(resolve('dist/llsd.cjs'), join(folder, 'bin/llsd'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('shows every field that moves', () => {
    const rows = [...page.matchAll(/^\| `(spec\.[^`]+)` +\| `(spec\.[^`]+)` +\|$/gm)].map(([, from, to]) => [from, to]);
    expect(rows).toEqual(movedFields);
  });

  test('names pages that are there', () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join('docs', link)))).toEqual([]);
  });

  test('has commands that work in their order, and the last goes back', () => {
    expect(commands.length).toBeGreaterThan(5);
    const path = `${join(folder, 'bin')}:${process.env.PATH ?? ''}`;
    const texts = commands.map((command) => {
      const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: path } } as const;
      const { status, stderr } = spawnSync('bash', ['-ec', `set -o pipefail; ${command}`], options);
      expect([command, status, stderr]).toEqual([command, 0, stderr]);
      return readFileSync(stack, 'utf8');
    });
    expect(texts.slice(0, 2)).toEqual([before, before]);
    expect(texts[2]).toContain('llamastack.io/v1alpha2');
    expect(texts[2]).toContain('provider: vllm');
    expect(texts.at(-1)).toContain('llamastack.io/v1alpha1');
  });
});
