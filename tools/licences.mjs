// Writes `dist/LICENSES`: who made what `dist/llsd` and the image contain beside this project's own code, and on which
// terms. It is made of what the build used: the crates that `cargo` links, the packages that are in the bundle (which
// `tools/build.mjs` writes at its end), and the two libraries that every static Rust program has in it.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** Crates whose archive has no licence file, by the one whose repository they come from. */
const sameRepository = { 'rquickjs-core': 'rquickjs', 'rquickjs-sys': 'rquickjs' };

const rust = `Rust's standard library (MIT OR Apache-2.0), here under Apache-2.0, the licence that llsd itself has

Copyright (c) The Rust Project Developers (https://thanks.rust-lang.org)`;

const glibc = `The GNU C Library (LGPL-2.1-or-later)

Copyright (C) 1991 and later, the Free Software Foundation, Inc. and contributors.
The executable is linked with it statically. Whoever wants it linked with another version of the library has all that it
takes in the source of llsd: npm run build:static links with the one that is installed.

${readFileSync('tools/licences/LGPL-2.1.txt', 'utf8').trim()}`;

/** Every target links the same crates. */
const target = 'x86_64-unknown-linux-gnu';

function cargo(...args) {
  const where = ['--locked', '--offline', '--manifest-path', 'fn/static/Cargo.toml'];
  return execFileSync('cargo', [...args, ...where], { encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** The crates that are linked: `nix v0.32.0`, a line each; the first is the program itself. */
function linkedCrates() {
  const tree = ['tree', '--edges', 'normal', '--prefix', 'none', '--no-dedupe', '--target', target];
  const [, ...lines] = cargo(...tree)
    .trim()
    .split('\n');
  const { packages } = JSON.parse(cargo('metadata', '--format-version', '1', '--filter-platform', target));
  return [...new Set(lines)].sort().map((line) => {
    const found = packages.find(({ name, version }) => line.startsWith(`${name} v${version}`));
    if (!found) throw new Error(`cargo knows no crate "${line}"`);
    return { ...found, folder: dirname(found.manifest_path) };
  });
}

function licenceOf({ name, folder }, crates) {
  const holder = crates.find((other) => other.name === sameRepository[name])?.folder ?? folder;
  const files = readdirSync(holder);
  const file = files.find((entry) => /^LICENSE-MIT/i.test(entry)) ?? files.find((entry) => /^LICENSE/i.test(entry));
  if (!file) throw new Error(`The crate ${name} is part of the program and has no licence file`);
  return readFileSync(join(holder, file), 'utf8').trim();
}

function partsOfCrates() {
  const crates = linkedCrates();
  const engine = crates.find(({ name }) => name === 'rquickjs-sys');
  return [
    `QuickJS-ng, in ${engine.name} ${engine.version} (MIT)\n\n${readFileSync(join(engine.folder, 'quickjs/LICENSE'), 'utf8').trim()}`,
    ...crates.map((crate) => `${crate.name} ${crate.version} (${crate.license})\n\n${licenceOf(crate, crates)}`),
  ];
}

/** The packages of npm, as the bundle's last comment has them. */
function partsOfBundle() {
  const [, text] = /\/\*! This program contains:\n\n([^]*)\n\*\/\n$/.exec(readFileSync('dist/static/llsd.js', 'utf8'));
  return text.split('\n\n----\n\n').map((part) => part.replaceAll('* /', '*/'));
}

const parts = [...partsOfBundle(), ...partsOfCrates(), rust, glibc].map((part) => part.replaceAll('\r\n', '\n'));
const head = 'llsd is under the Apache License, Version 2.0. As one executable it contains besides:';
// Renamed into place, since tests that run at once build images with it.
const unfinished = `dist/LICENSES.${process.pid}`;
writeFileSync(unfinished, `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
renameSync(unfinished, 'dist/LICENSES');
