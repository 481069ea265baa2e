// Builds the program from its sources: `dist/llsd.cjs`, the file that Node runs, `dist/llsd-registry.cjs`, which it loads
// for `llsd lock` alone, and `dist/llsd.js`, the same as plain ECMAScript, which asks the object `host` for all that is not
// of the language (`fn/static/system.ts`). `--if-needed` does nothing while all are newer than everything they are made from.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, define, raw, startOf, writeNodeProgram } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const outputs = ['llsd.cjs', 'llsd.cache', 'llsd-registry.cjs', 'llsd-registry.cache', 'llsd.js'].map((name) =>
  join('dist', name),
);
const sources = ['src', 'fn', 'package.json', 'package-lock.json'].concat(
  ['build.mjs', 'bundle.mjs', 'lock-once.cjs'].map((name) => join('tools', name)),
);

/** The time of the newest file at or below `path`; folders count too, so that a removed file is seen. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  const entries = statSync(path).isDirectory() ? readdirSync(path) : [];
  return Math.max(mtimeMs, ...entries.map((entry) => newest(join(path, entry))));
}

function upToDate() {
  const oldest = Math.min(...outputs.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  return oldest > Math.max(...sources.map(newest));
}

/** What stands in for Node where there is none. */
const withoutNode = {
  name: 'without Node',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/(?:system|texts)\.ts$/ }, () => ({ path: resolve('fn/static/system.ts') }));
    build.onResolve({ filter: /^\.\/commands\/lock\.ts$/ }, () => ({ path: resolve('fn/static/lock.ts') }));
    build.onResolve({ filter: /^node:util$/ }, ({ resolveDir }) =>
      build.resolve('@pkgjs/parseargs', { kind: 'import-statement', resolveDir }),
    );
  },
};

async function buildLanguage() {
  const { program, licences } = await bundle('fn/llsd.ts', {
    format: 'iife',
    target: 'es2023',
    plugins: [raw, withoutNode],
    define: { ...define, global: 'globalThis' },
  });
  writeFileSync('dist/llsd.js', program + licences);
}

async function buildRegistry() {
  const { program, licences } = await bundle('fn/registry/index.ts', {
    format: 'cjs',
    target: 'node20',
    platform: 'node',
    supported: { 'dynamic-import': false },
  });
  writeFileSync('dist/llsd-registry.cjs', startOf(program) + licences);
}

/** Locks once, and keeps what V8 compiled of the registry client on the way for later locks. */
function compileRegistry() {
  rmSync('dist/llsd-registry.cache', { force: true });
  const { status, stderr } = spawnSync(process.execPath, ['tools/lock-once.cjs'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The program that was built fails on a lock:\n${stderr}`);
}

if (!process.argv.includes('--if-needed') || !upToDate()) {
  mkdirSync('dist', { recursive: true });
  await Promise.all([buildLanguage(), writeNodeProgram('dist/llsd.cjs'), buildRegistry()]);
  compileRegistry();
}
