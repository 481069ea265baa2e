// Prints what the function costs inside kustomize and kpt, and beside Node: each as a ratio to `node -e 0` of the same
// round. `cat` as the function is what the tool itself costs. What `tools/peers/get` installs must be there.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const peers = process.env.LLSD_PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'llsd', 'peers');
const scratch = mkdtempSync(join(tmpdir(), 'llsd-bench-'));
const programs = { cat: '/bin/cat', Node: join(root, 'dist/llsd.cjs'), static: join(root, 'dist/llsd') };
const stack = readFileSync(join(root, 'examples/quickstart/stack.yaml'), 'utf8');
const named = (number) => stack.replace('name: my-stack', `name: stack-${number}`);
const other = (number) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: # not ours\n  name: settings-${number}\n  namespace: other\ndata:\n  greeting: "hello, ${number}"\n`;
const times = (count, text) => Array.from({ length: count }, (_, index) => text(index));

/**
 * Runs a command, `repeat` times where one run is shorter than what `time` counts in; the wall time of a run in ms, and of
 * it and all that it started the CPU time in ms and the peak in MiB.
 */
function measure([program, ...args], { cwd = scratch, path = '', stdin = '/dev/null', repeat = 1 } = {}) {
  const loop = `for run in $(seq ${repeat}); do "$@" <'${stdin}' >/dev/null || exit; done`;
  const line = ['-f', '%U %S %M', '-o', join(scratch, 'time'), 'sh', '-c', loop, 'sh', program, ...args];
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync('/usr/bin/time', line, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6 / repeat;
  if (status !== 0) throw new Error(`${program}: exit code ${status}\n${stderr}`);
  const [user, system, kibibytes] = readFileSync(join(scratch, 'time'), 'utf8').trim().split(' ').map(Number);
  return { wall, cpu: ((user + system) * 1000) / repeat, mebibytes: kibibytes / 1024 };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Measures all runs in turn, so that a busy machine slows all alike; the medians of each, by its name. */
function measureInTurn(runs, rounds) {
  const taken = new Map(runs.map(({ name }) => [name, []]));
  for (const { command, options } of runs) measure(command, options); // warms the disk
  for (let round = 0; round < rounds; round++)
    for (const { name, command, options, before } of runs) {
      before?.();
      taken.get(name).push(measure(command, options));
    }
  const of = (list, field) => median(list.map((one) => one[field]));
  return new Map(
    [...taken].map(([name, list]) => [
      name,
      { wall: of(list, 'wall'), cpu: of(list, 'cpu'), mebibytes: of(list, 'mebibytes') },
    ]),
  );
}

const nothing = { name: 'node -e 0', command: [process.execPath, '-e', '0'] };

function print(title, measured) {
  const floor = measured.get(nothing.name);
  console.log(
    `\n${title}: wall and CPU as ratios to node -e 0 (${floor.wall.toFixed(0)} ms), peak of the largest process`,
  );
  for (const [name, { wall, cpu, mebibytes }] of measured)
    console.log(
      `${name.padEnd(44)}${(wall / floor.wall).toFixed(2).padStart(8)}${(cpu / floor.cpu).toFixed(2).padStart(8)}${mebibytes.toFixed(0).padStart(8)} MiB`,
    );
}

function folderOf(name) {
  const folder = join(scratch, 'bin', name);
  mkdirSync(folder, { recursive: true });
  symlinkSync(programs[name], join(folder, 'llsd'));
  return folder;
}

function kustomize(version, folders) {
  const program = join(peers, 'bin', `kustomize-${version}`);
  if (!existsSync(program)) return console.log(`kustomize ${version} is missing: tools/peers/get kustomize-${version}`);
  const example = join(root, 'examples/kustomize-transformer/base');
  const command = [program, 'build', '--enable-alpha-plugins', '--enable-exec', example];
  const runs = Object.entries(folders).map(([name, path]) => ({
    name: `kustomize build, llsd is ${name}`,
    command,
    options: { path },
  }));
  const measured = measureInTurn([nothing, ...runs], 15);
  print(`kustomize ${version}, one CR`, measured);
  const { wall: floor } = measured.get(nothing.name);
  const wall = (name) => measured.get(`kustomize build, llsd is ${name}`).wall;
  for (const name of ['Node', 'static'])
    console.log(`  ${name} costs ${((wall(name) - wall('cat')) / floor).toFixed(2)} more than cat`);
}

function kpt(folders) {
  const source = join(scratch, 'package');
  mkdirSync(source);
  cpSync(join(root, 'examples/kpt/Kptfile'), join(source, 'Kptfile'));
  times(300, (index) => writeFileSync(join(source, `stack-${index}.yaml`), named(index)));
  times(50, (index) =>
    writeFileSync(join(source, `other-${index}.yaml`), times(100, (n) => other(index * 100 + n)).join('---\n')),
  );
  const copy = join(scratch, 'copy');
  const before = () => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(source, copy, { recursive: true });
  };
  const runs = Object.entries(folders).map(([name, path]) => ({
    name: `kpt fn render, llsd is ${name}`,
    command: ['kpt', 'fn', 'render', '--allow-exec', copy],
    options: { path },
    before,
  }));
  before();
  print('kpt, 300 CRs and 5,000 other items', measureInTurn([nothing, ...runs], 1));
}

/** The function on so many CRs, by Node and by the static program. */
function runsOn(count) {
  const stdin = join(scratch, `${count}.yaml`);
  const items = times(count, (index) => `- ${named(index).replace(/\n(?=.)/g, '\n  ')}`).join('');
  writeFileSync(stdin, `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}`);
  return [
    { name: `${count} CRs, Node`, command: [process.execPath, programs.Node], options: { stdin } },
    { name: `${count} CRs, static`, command: [programs.static], options: { stdin } },
  ];
}

function severalCrs() {
  const often = ({ options, ...rest }) => ({ ...rest, options: { ...options, repeat: 20 } });
  print('the function alone, one CR', measureInTurn([nothing, ...runsOn(1)].map(often), 5));
  print('the function alone', measureInTurn([nothing, ...[10, 40, 100].flatMap(runsOn)], 5));
  // Halved until the two counts are closer than what can be measured.
  let [below, above] = [10, 320];
  while (above / below > 1.2) {
    const count = Math.round(Math.sqrt(below * above));
    const measured = measureInTurn(runsOn(count), 7);
    if (measured.get(`${count} CRs, Node`).wall < measured.get(`${count} CRs, static`).wall) above = count;
    else below = count;
  }
  console.log(`  the static program is faster up to about ${below} CRs, Node from about ${above} on`);
}

try {
  const folders = Object.fromEntries(Object.keys(programs).map((name) => [name, folderOf(name)]));
  for (const version of ['5.8.1', '5.4.3']) kustomize(version, folders);
  severalCrs();
  kpt(folders);
} finally {
  rmSync(scratch, { recursive: true });
}
