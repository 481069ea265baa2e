import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNodeProgram } from './bundle.mjs';

const folder = mkdtempSync(join(tmpdir(), 'llsd-start-'));
const program = join(folder, 'llsd.cjs');
const before = join(folder, 'before.cjs');

/** Has each module say that it is evaluated, as its first statement. */
const telling: Plugin = {
  name: 'telling',
  setup(build) {
    build.onLoad({ filter: /\.(?:ts|m?js)$/, namespace: 'file' }, ({ path }) => {
      const name = JSON.stringify(relative('.', path).replace(/^node_modules\/((?:@[^/]+\/)?[^/]+)\/.*/, 'package $1'));
      const contents = `globalThis.evaluated?.add(${name});${readFileSync(path, 'utf8')}`;
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** The modules, and the packages from elsewhere, that a run evaluates. */
function evaluated(args: readonly string[], input = ''): string[] {
  const { output, status, stderr } = spawnSync(process.execPath, ['--require', before, program, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return (JSON.parse(output[3] ?? '') as string[]).sort();
}

const ofCommands =
  /^(?:src\/(?:convert|schema)\/|src\/(?:images|lock-text|spec\/read-field)\.ts|fn\/(?:commands|registry|lines)\/)/;

describe('the code of a command', () => {
  const stack = readFileSync('examples/quickstart/stack.yaml', 'utf8').replace(/^#.*\n/, '');
  const list = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- ${stack.replaceAll(/\n(?=.)/g, '\n  ')}`;

  beforeAll(async () => {
    writeFileSync(
      before,
      `globalThis.evaluated = new Set();
      process.on('exit', () => require('node:fs').writeSync(3, JSON.stringify([...globalThis.evaluated])));`,
    );
    writeFileSync(join(folder, 'stack.yaml'), stack);
    await writeNodeProgram(program, [telling]);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('is not evaluated by the function', () => {
    const modules = evaluated([], list);
    expect(modules).toContain('src/manifests/deployment.ts');
    expect(modules.filter((name) => ofCommands.test(name))).toEqual([]);
    expect(modules.filter((name) => name.startsWith('package '))).toEqual([
      'package fastest-levenshtein',
      'package yaml',
      'package zod',
    ]);
  });

  test.each([
    [
      ['schema'],
      /^src\/(?:convert|images|lock-text)|^fn\/(?:commands\/(?!schema|arguments)|registry)/,
      'src/schema/editor-schema.ts',
    ],
    [['crd'], /^src\/(?:convert|images|lock-text)|^fn\/(?:commands\/(?!crd|arguments)|registry)/, 'src/schema/crd.ts'],
    [
      ['convert', '--help'],
      /^src\/(?:schema|images|lock-text)|^fn\/(?:commands\/(?:schema|crd|lock)|registry)/,
      'src/convert/convert.ts',
    ],
    [['lock', '--help'], /^src\/(?:schema|convert)|^fn\/registry/, 'src/images.ts'],
  ])('%s is evaluated with no code of the others', (args, others, own) => {
    const modules = evaluated(args);
    expect(modules).toContain(own);
    expect(modules.filter((name) => others.test(name))).toEqual([]);
  });
});
