import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { peer } from './peers/env.ts';

const root = join(import.meta.dirname, '..');

describe.runIf(peer('static'))('the licences of what the executable contains', () => {
  let text = '';

  beforeAll(() => {
    execFileSync(process.execPath, ['tools/licences.mjs'], { cwd: root });
    text = readFileSync(join(root, 'dist/LICENSES'), 'utf8');
  });

  test('name every crate that is in it, with version and licence', () => {
    // What Rust's own tables say of the executable: the crates' names are in the paths of their sources.
    const crates = new Set(
      readFileSync(join(root, 'dist/llsd'), 'latin1')
        .match(/cargo\/registry\/src\/[^/]+\/[a-z0-9_-]+-\d+\.\d+\.\d+(?=\/)/g)
        ?.map((path) => path.split('/').at(-1) ?? ''),
    );
    expect(crates.size).toBeGreaterThan(0);
    const named = [...text.matchAll(/^([a-z0-9_-]+) (\d+\.\d+\.\d+) \(/gm)].map(
      ([, name, version]) => `${name ?? ''}-${version ?? ''}`,
    );
    expect(named).toEqual(expect.arrayContaining([...crates]));
    expect(named).toEqual(
      expect.arrayContaining([expect.stringMatching(/^rquickjs-sys-/), expect.stringMatching(/^sha2-/)]),
    );
  });

  test('name the engine, both libraries that are linked statically, and every package of the bundle', () => {
    const bundled = ['yaml', 'zod', 'ignore', '@pkgjs/parseargs', 'fastest-levenshtein'];
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    for (const name of bundled) expect(text).toContain(`\n${name} ${devDependencies[name] ?? ''} (`);
    expect(text).toContain('Fabrice Bellard');
    expect(text).toContain('The Rust Project Developers');
    expect(text).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  });

  test('are the same from two builds, and hold no path of the machine', () => {
    execFileSync(process.execPath, ['tools/licences.mjs'], { cwd: root });
    expect(readFileSync(join(root, 'dist/LICENSES'), 'utf8')).toBe(text);
    expect(text).not.toMatch(/\/(home|root|usr|tmp)\//);
  });
});
