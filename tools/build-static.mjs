// Builds `dist/llsd`, the program as one static executable (`fn/static`): the same modules, compiled for QuickJS.
// `--target aarch64-unknown-linux-musl` and the like build for another machine, as `dist/llsd-<target>`, where its
// linker is installed. `--if-needed` does nothing while the executable is newer than everything it is made from;
// `--check` builds nothing and exits with 0 when it is.
// The crates' objects are kept in $XDG_CACHE_HOME/llsd/static.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** What `cargo` builds for where the command line names nothing else. */
const usual = 'x86_64-unknown-linux-gnu';

const { values } = parseArgs({
  options: { target: { type: 'string', default: usual }, 'if-needed': { type: 'boolean' }, check: { type: 'boolean' } },
});
const { target } = values;
const output = target === usual ? 'dist/llsd' : `dist/llsd-${target}`;

const manifest = 'fn/static/Cargo.toml';
const sources = ['dist/static/llsd.js', manifest].concat(
  ['Cargo.lock', 'build.rs', 'src/main.rs'].map((name) => join('fn/static', name)),
  'tools/build-static.mjs',
);

function upToDate() {
  const made = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.every((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < made);
}

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error?.code === 'ENOENT') {
    console.error(`The static program needs ${command}: https://rustup.rs`);
    process.exit(1);
  }
  if (status !== 0) process.exit(1);
}

if (values.check) process.exit(upToDate() ? 0 : 1);
run(process.execPath, ['tools/build.mjs', '--if-needed']);
if (!values['if-needed'] || !upToDate()) {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'llsd', 'static');
  // Paths of this machine would be in the executable, which must be the same wherever it is built.
  const home = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const flags = [
    '-C',
    'target-feature=+crt-static',
    `--remap-path-prefix=${home}=cargo`,
    `--remap-path-prefix=${process.cwd()}=llsd`,
  ];
  run('cargo', ['build', '--quiet', '--locked', '--release', '--manifest-path', manifest, '--target', target], {
    CARGO_TARGET_DIR: folder,
    CARGO_ENCODED_RUSTFLAGS: flags.join('\u001f'),
    // For an executable, not for a library that others could patch: the engine does a twelfth less work.
    CFLAGS: `${process.env.CFLAGS ?? ''} -fPIE -ffile-prefix-map=${folder}=static`.trim(),
    LLSD_PROGRAM: resolve('dist/static'),
  });
  mkdirSync('dist', { recursive: true });
  // Renamed into place, so that whoever runs the former one keeps it.
  copyFileSync(join(folder, target, 'release', 'llsd'), `${output}.new`);
  renameSync(`${output}.new`, output);
}
