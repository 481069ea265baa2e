// Bundles the program from its sources, for the build, for the bench and for the test of what a start evaluates.

import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** `import text from './data.json?raw'` is the text of the file, as under vitest. */
export const raw = {
  name: 'raw',
  setup(build) {
    build.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      // Not absolute: the names of a bundle's parts come from the paths in it, and must not differ by folder.
      path: relative('.', join(resolveDir, path.slice(0, -'?raw'.length))),
      namespace: 'raw',
    }));
    build.onLoad({ filter: /.*/, namespace: 'raw' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
      watchFiles: [path],
    }));
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
export const define = { VERSION: JSON.stringify(version) };

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

/** Bundles the program as plain ECMAScript, which asks the object `host` for all that is not of the language (`fn/static/system.ts`). */
export function bundleLanguage(options) {
  return bundle('fn/llsd.ts', {
    target: 'es2023',
    plugins: [raw, withoutNode],
    define: { ...define, global: 'globalThis' },
    ...options,
  });
}

/** Bundles what `entry` imports, without its licences: those come as a text of their own; `files` are all, where it is split. */
export async function bundle(entry, options) {
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
  return { program: outputFiles[0].text, files: outputFiles, licences: licences(metafile) };
}

/** A program as `fn/start.cjs` starts it. */
export function startOf(program) {
  const wrapped = `(function (require, module) {${program}})`;
  if (wrapped.includes('*\\u2f'))
    throw new Error('The program holds the text that fn/start.cjs reads as the end of a comment');
  return `${readFileSync('fn/start.cjs', 'utf8')}\n/*PROGRAM\n${wrapped.replaceAll('*/', '*\\u2f')}\n*/\n`;
}

/** Writes the program as the file that Node runs, and its code cache beside it; `plugins` may see or replace modules. */
export async function writeNodeProgram(path, plugins = []) {
  const { program, licences } = await bundle('fn/llsd.ts', {
    format: 'cjs',
    target: 'node20',
    external: ['node:*'],
    plugins: [...plugins, raw, withoutRegistry],
    // In a Script `import()` is not there; `require` is given to it.
    supported: { 'dynamic-import': false },
  });
  writeFileSync(path, `#!/usr/bin/env node\n${startOf(program)}${licences}`);
  chmodSync(path, 0o755);
  compile(resolve(path));
}

/** Runs the program once, and keeps what V8 compiled on the way for later starts: for what most CRs say, and for all they can. */
function compile(path) {
  const item = (stack) =>
    `- ${readFileSync(stack, 'utf8')
      .replace(/^#.*\n/, '')
      .replace(/\n(?=.)/g, '\n  ')}`;
  const stacks = ['examples/quickstart/stack.yaml', 'tools/cluster/stacks/kubernetes.yaml'];
  const input = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${stacks.map(item).join('')}`;
  const cache = path.replace(/cjs$/, 'cache');
  rmSync(cache, { force: true });
  const run = `
    const { script } = require(${JSON.stringify(path)});
    process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(cache)}, script.createCachedData()));`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', run], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The program that was built fails on ${stacks.join(' and ')}:\n${stderr}`);
}
