// Builds the program from its sources: `dist/llsd.cjs`, the one file that Node runs, and `dist/llsd.js`, the same path
// from input to output as plain ECMAScript (`globalThis.llsd`), which any engine can host.
// `--if-needed` does nothing while both are newer than everything they are made from.

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const outputs = ['dist/llsd.cjs', 'dist/llsd.js'];
const sources = ['src', 'fn', 'tools/build.mjs', 'package.json', 'package-lock.json'];

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

async function bundle(esbuild, entry, outfile, options) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { metafile, outputFiles } = await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    // Neutral for Node too: `platform: 'node'` would choose the packages' CommonJS files, which cannot be tree-shaken.
    platform: 'neutral',
    mainFields: ['module', 'main'],
    define: { VERSION: JSON.stringify(version) },
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [raw],
    ...options,
  });
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(outfile, outputFiles[0].text + licences(metafile));
}

async function build() {
  const esbuild = await import('esbuild');
  await Promise.all([
    bundle(esbuild, 'fn/llsd.ts', 'dist/llsd.cjs', {
      format: 'cjs',
      target: 'node20',
      external: ['node:*'],
      banner: { js: '#!/usr/bin/env node' },
    }),
    bundle(esbuild, 'fn/static/program.ts', 'dist/llsd.js', { format: 'iife', target: 'es2023' }),
  ]);
  chmodSync('dist/llsd.cjs', 0o755);
}

if (!process.argv.includes('--if-needed') || !upToDate()) await build();
