import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peer } from '../tools/peers/env.ts';

const kustomize = peer('kustomize-5.8.1');
const kpt = peer('kpt');

/** The commands that a page shows: lines of `sh` blocks, and code in the last column of a table. */
function commandsOf(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block]) => (block ?? '').trim().split('\n'));
  const cells = [...text.matchAll(/\| `([^`|]+)` \|$/gm)].map(([, command]) => command ?? '');
  return [...blocks, ...cells].filter((command) => /^(npm|llsd|kustomize|kpt|cd) /.test(command));
}

const pages = [
  'README.md',
  'examples/README.md',
  ...readdirSync('examples')
    .map((name) => `examples/${name}/README.md`)
    .filter((page) => /\/(kustomize|kpt)-/.test(page) && existsSync(page)),
];
const commands = [...new Set(pages.flatMap(commandsOf))];

/** The text of all files of a folder. */
function contentOf(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** `npm ci` has run when this runs, and `npm test` is what runs it. */
const running = new Set(['npm ci && npm test']);

describe.runIf(kustomize && kpt)('every command of the README and of the examples works as it is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llsd-commands-'));

  beforeAll(() => {
    for (const name of ['examples', 'testdata', 'dist']) cpSync(name, join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    symlinkSync(resolve('dist/llsd.cjs'), join(folder, 'bin/llsd'));
    symlinkSync(kustomize?.path ?? '', join(folder, 'bin/kustomize'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows commands at all', () => {
    expect(commands.length).toBeGreaterThan(6);
    expect(commands).toEqual(expect.arrayContaining([...running]));
  });

  it.each(commands.filter((command) => !running.has(command)))('%s', (command) => {
    const isNpm = command.startsWith('npm');
    const out = execFileSync('bash', ['-ec', command.replace('npm ci && ', '')], {
      cwd: isNpm ? '.' : folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const target = /examples\/[a-z-]+|rendered/g;
    const rendered = command.includes('kpt ') ? contentOf(join(folder, command.match(target)?.at(-1) ?? '')) : out;
    expect(rendered).toContain('kind: Deployment');
  });
});
