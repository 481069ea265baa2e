import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peer } from './peers/env.ts';

const root = join(import.meta.dirname, '..');
const kpt = peer('kpt');

describe.runIf(kpt)('kpt 1.0.0-beta.56, exec Node', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'llsd-root-package-'));
  const copy = join(scratch, 'llsd');
  const bin = join(scratch, 'bin');
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=llsd', '-c', 'user.email=llsd@example.com', ...args], {
      cwd: copy,
      encoding: 'utf8',
    });
  const changed = (): string[] =>
    git('status', '--porcelain', '--untracked-files=all')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(3));
  const render = () =>
    spawnSync(kpt?.path ?? '', ['fn', 'render', '--allow-exec'], { cwd: copy, env, encoding: 'utf8' });

  beforeAll(() => {
    mkdirSync(bin);
    symlinkSync(join(root, 'dist/llsd.cjs'), join(bin, 'llsd'));
    mkdirSync(copy);
    // What is committed and what is about to be, without what the repository ignores.
    const files =
      'git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d -- 2>/dev/null | tar -cf - -T -';
    execFileSync('sh', ['-c', `${files} | tar -xf - -C "$0"`, copy], { cwd: root });
    git('init', '--quiet');
    git('add', '--all', '--force');
    git('commit', '--quiet', '--message', 'The repository');
  });

  afterAll(() => {
    rmSync(scratch, { recursive: true });
  });

  test('the repository as a package: kpt fn render renders the examples that are kpt packages, and touches nothing else: no test data, no other file', () => {
    const { status, stderr } = render();
    expect({ status, failed: stderr.match(/^\[FAIL\].*$/gm) }).toEqual({ status: 0, failed: null });
    const packages = git('ls-files', 'examples/**/Kptfile').split('\n').slice(0, -1).map(dirname);
    const elsewhere = changed().filter((path) => !packages.some((folder) => path.startsWith(`${folder}/`)));
    expect(elsewhere).toEqual([]);
    expect(changed()).toContain('examples/kpt/deployment_my-stack.yaml');
  });

  test('the repository as a package: a second render changes nothing', () => {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Rendered');
    expect(render().status).toBe(0);
    expect(changed()).toEqual([]);
  });

  test('the repository as a package: llsd render reads the same package: the objects of examples/kpt', () => {
    const llsd = (folder: string) => execFileSync('llsd', ['render', folder], { cwd: copy, env, encoding: 'utf8' });
    expect(llsd('.')).toBe(llsd('examples/kpt'));
    expect(llsd('.')).toContain('kind: Deployment');
  });
});
