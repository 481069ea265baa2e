// Builds the program from its sources: `dist/llsd.cjs`, the file that Node runs, `dist/llsd-registry.cjs`, which it loads
// for `llsd lock` alone, and `dist/llsd.js`, the same as plain ECMAScript, which asks the object `host` for all that is not
// of the language (`fn/static/system.ts`). `--if-needed` does nothing while all are newer than everything they are made from.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const outputs = ['llsd.cjs', 'llsd.cache', 'llsd-registry.cjs', 'llsd-registry.cache', 'llsd.js'].map((name) =>
  join('dist', name),
);
const sources = ['src', 'fn', 'tools/build.mjs', 'tools/lock-once.cjs', 'package.json', 'package-lock.json'];

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

/** `import text from './data.json?raw'` is the text of the file, as under vitest. */
const raw = {
  name: 'raw',
  setup(build) {
    build.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -'?raw'.length)),
      namespace: 'raw',
    }));
    build.onLoad({ filter: /.*/, namespace: 'raw' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
      watchFiles: [path],
    }));
  },
};

/** What stands in for Node where there is none. */
const withoutNode = {
  name: 'without Node',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/system\.ts$/ }, () => ({ path: resolve('fn/static/system.ts') }));
    build.onResolve({ filter: /^\.\/commands\/lock\.ts$/ }, () => ({ path: resolve('fn/static/lock.ts') }));
    build.onResolve({ filter: /^node:util$/ }, ({ resolveDir }) =>
      build.resolve('@pkgjs/parseargs', { kind: 'import-statement', resolveDir }),
    );
  },
};

/** The registry client stays a file of its own. */
const withoutRegistry = {
  name: 'without the registry client',
  setup(build) {
    build.onResolve({ filter: /^\.\.\/registry\/index\.ts$/ }, () => ({ path: './llsd-registry.cjs', external: true }));
  },
};

/** The licences of all packages whose code is in a bundle, as a comment for its end. */
function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^(?:raw:)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${folder} is part of the program and has no licence file`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
  });
  return `/*! This program contains:\n\n${texts.join('\n\n----\n\n').replaceAll('*/', '* /')}\n*/\n`;
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const define = { VERSION: JSON.stringify(version) };

/** Bundles what `entry` imports, without its licences: those come as a text of their own. */
async function bundle(entry, options) {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    // Neutral for Node too: `platform: 'node'` would choose the packages' CommonJS files, which cannot be tree-shaken.
    platform: 'neutral',
    mainFields: ['module', 'main'],
    define,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [raw],
    ...options,
  });
  return { program: outputFiles[0].text, licences: licences(metafile) };
}

async function buildLanguage() {
  const { program, licences } = await bundle('fn/llsd.ts', {
    format: 'iife',
    target: 'es2023',
    plugins: [raw, withoutNode],
    define: { ...define, global: 'globalThis' },
  });
  writeFileSync('dist/llsd.js', program + licences);
}

async function buildNode() {
  const { program, licences } = await bundle('fn/llsd.ts', {
    format: 'cjs',
    target: 'node20',
    external: ['node:*'],
    plugins: [raw, withoutRegistry],
    // In a Script `import()` is not there; `require` is given to it.
    supported: { 'dynamic-import': false },
  });
  writeFileSync('dist/llsd.cjs', `#!/usr/bin/env node\n${startOf(program)}${licences}`);
  chmodSync('dist/llsd.cjs', 0o755);
}

/** A program as `fn/start.cjs` starts it. */
function startOf(program) {
  const wrapped = `(function (require, module) {${program}})`;
  if (wrapped.includes('*\\u2f'))
    throw new Error('The program holds the text that fn/start.cjs reads as the end of a comment');
  return `${readFileSync('fn/start.cjs', 'utf8')}\n/*PROGRAM\n${wrapped.replaceAll('*/', '*\\u2f')}\n*/\n`;
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

/**
 * Runs the program, and keeps what V8 compiled on the way for later starts: over a CR that says what most do and one that
 * says all it can, and of the registry client at a lock.
 */
function compile() {
  const item = (path) =>
    `- ${readFileSync(path, 'utf8')
      .replace(/^#.*\n/, '')
      .replace(/\n(?=.)/g, '\n  ')}`;
  const stacks = ['examples/quickstart/stack.yaml', 'tools/cluster/stacks/kubernetes.yaml'];
  const input = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${stacks.map(item).join('')}`;
  for (const cache of outputs.filter((path) => path.endsWith('.cache'))) rmSync(cache, { force: true });
  const run = `
    const { script } = require('./dist/llsd.cjs');
    process.on('exit', () => require('node:fs').writeFileSync('dist/llsd.cache', script.createCachedData()));`;
  for (const [args, what] of [
    [['-e', run], stacks.join(' and ')],
    [['tools/lock-once.cjs'], 'a lock'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(`The program that was built fails on ${what}:\n${stderr}`);
  }
}

if (!process.argv.includes('--if-needed') || !upToDate()) {
  mkdirSync('dist', { recursive: true });
  await Promise.all([buildLanguage(), buildNode(), buildRegistry()]);
  compile();
}
