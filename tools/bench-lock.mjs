// Prints what `llsd lock` costs for 50 images of 5 distributions in a registry of this machine, beside what one does without
// it: `crane digest IMAGE; crane config IMAGE` for one image after the other. All run in turn, so that a busy machine slows
// all alike; a ratio is the median of those of each round. What `tools/peers/get registry crane` installs must be there.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const rounds = Number(process.argv[2] ?? 15);
const root = resolve(import.meta.dirname, '..');
const peers = process.env.LLSD_PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'llsd', 'peers');
const [crane, registry] = ['crane', 'registry'].map((name) => join(peers, 'bin', name));
const scratch = mkdtempSync(join(tmpdir(), 'llsd-bench-'));
const pack = join(scratch, 'package');
const list = join(scratch, 'images');
const log = join(scratch, 'registry.log');

/** As long as that of an image; a lock only carries what it says. */
const config = Array.from({ length: 200 }, (_, line) => `key_${line}: the value of line ${line}\n`).join('');

function run(program, args, options = {}) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw error ?? new Error(`${program} ${args[0]}: exit code ${status}\n${stderr}`);
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

async function startRegistry() {
  const port = await freePort();
  const output = openSync(log, 'a');
  const child = spawn(registry, ['-port', String(port)], { stdio: ['ignore', output, output] });
  await new Promise((started, failed) => child.once('spawn', started).once('error', failed));
  await sleep(500);
  return { child, host: `localhost:${port}` };
}

/** Pushes the images, each with a config of its own, and writes a package of one CR for each. */
function push(host) {
  mkdirSync(join(scratch, 'layer'));
  writeFileSync(join(scratch, 'layer/config.yaml'), config);
  const layer = join(scratch, 'layer.tar');
  run('tar', ['-cf', layer, '-C', join(scratch, 'layer'), 'config.yaml']);
  mkdirSync(pack);
  const images = [];
  for (let distribution = 0; distribution < 5; distribution++) {
    const name = `${host}/acme/distribution-${distribution}`;
    const base64 = Buffer.from(`${config}# ${distribution}\n`).toString('base64');
    const labels = { 'io.llamastack.config.base64': base64, 'org.opencontainers.image.version': '0.7.1' };
    const flags = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
    run(crane, ['append', '--insecure', '--new_layer', layer, '--new_tag', `${name}:0`]);
    run(crane, ['mutate', '--insecure', `${name}:0`, ...flags, '--tag', `${name}:0`]);
    for (let tag = 0; tag < 10; tag++) {
      if (tag > 0)
        run(crane, ['mutate', '--insecure', `${name}:0`, '--label', `tag=${tag}`, '--tag', `${name}:${tag}`]);
      images.push(`${name}:${tag}`);
    }
  }
  writeFileSync(list, images.map((image) => `${image}\n`).join(''));
  for (const [index, image] of images.entries())
    writeFileSync(
      join(pack, `${index}.yaml`),
      `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: stack-${index}\nspec:\n  distribution:\n    image: ${image}\n`,
    );
}

const requests = () => [...readFileSync(log, 'utf8').matchAll(/ (?:GET|HEAD) \/v2\//g)].length;
const both = (image) => `${crane} digest --insecure ${image}; ${crane} config --insecure ${image}`;

const runs = [
  { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
  { name: 'llsd lock', command: [process.execPath, join(root, 'dist/llsd.cjs'), 'lock', '.'] },
  {
    name: 'crane, one image after the other',
    command: ['sh', '-c', `while read image; do ${both('$image')}; done <${list} >/dev/null`],
  },
  {
    name: 'crane, 8 images at a time',
    command: ['sh', '-c', `xargs -P 8 -I{} -a ${list} sh -c '${both('{}')}' >/dev/null`],
  },
];

/** Runs once, without a lock and with nothing cached: wall and CPU time in ms, and requests. */
function measure({ command: [program, ...args] }) {
  const cache = join(scratch, 'cache');
  for (const path of [cache, join(pack, 'distribution-lock.yaml')]) rmSync(path, { recursive: true, force: true });
  const time = join(scratch, 'time');
  const env = { ...process.env, XDG_CACHE_HOME: cache, DOCKER_CONFIG: scratch };
  const asked = requests();
  const start = process.hrtime.bigint();
  run('/usr/bin/time', ['-f', '%U %S', '-o', time, program, ...args], { cwd: pack, env });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  const cpu = readFileSync(time, 'utf8').trim().split(' ').map(Number);
  return { wall, cpu: (cpu[0] + cpu[1]) * 1000, requests: requests() - asked };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function print(taken) {
  const ours = taken.get('llsd lock');
  const row = (...cells) =>
    console.log(cells.map((cell, index) => (index ? cell.padStart(14) : cell.padEnd(34))).join(''));
  row('', 'requests', 'wall, ms', 'CPU, ms', 'lock / this', 'CPU / this');
  for (const [name, list] of taken) {
    const ratio = (field) => median(list.map((one, round) => ours[round][field] / one[field])).toFixed(2);
    const of = (field) => median(list.map((one) => one[field])).toFixed(0);
    row(name, of('requests'), of('wall'), of('cpu'), ratio('wall'), ratio('cpu'));
  }
}

let started;
try {
  started = await startRegistry();
  push(started.host);
  const taken = new Map(runs.map(({ name }) => [name, []]));
  for (const one of runs) measure(one); // warms the disk
  for (let round = 0; round < rounds; round++) for (const one of runs) taken.get(one.name).push(measure(one));
  print(taken);
} finally {
  started?.child.kill();
  rmSync(scratch, { recursive: true });
}
