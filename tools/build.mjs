// Builds the program from its sources: `dist/llsd.cjs`, the file that Node runs, `dist/llsd-registry.cjs`, which it loads
// for `llsd lock` alone, and the modules of `dist/static`, the same as plain ECMAScript, for the static program.
// `--if-needed` does nothing while all are newer than everything they are made from.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleLanguage, startOf, writeNodeProgram } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const outputs = ['llsd.cjs', 'llsd.cache', 'llsd-registry.cjs', 'llsd-registry.cache', 'static/llsd.js'].map((name) =>
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

/** Split, so that the static program reads what commands are made of only where a command runs. */
async function buildLanguage() {
  const folder = 'dist/static';
  const options = { format: 'esm', splitting: true, outdir: folder, chunkNames: '[name]-[hash]' };
  const { files, licences } = await bundleLanguage(options);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const { path, text } of files) writeFileSync(path, basename(path) === 'llsd.js' ? text + licences : text);
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
