// Prints what a run costs, as ratios to `node -e 0` measured in the same call, round about, so that a busy machine
// slows both alike. The goals stand beside the figures; the exit code does not depend on them. Words on the command line
// choose the rows that hold one of them.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeNodeProgram } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const program = fileURLToPath(new URL('../dist/llsd.cjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'llsd-bench-'));

const stack = (number) => `- apiVersion: llamastack.ai/v1alpha2
  kind: LlamaStackDistribution
  metadata:
    name: stack-${number}
  spec:
    distribution:
      name: starter
    providers:
      inference:
        provider: vllm
        endpoint: "http://vllm:8000"
        apiKey:
          secretKeyRef: {name: vllm-creds, key: token}
    resources:
      models: ["llama3.2-8b"]
    storage:
      sql:
        type: postgres
        connectionString:
          secretKeyRef: {name: pg-creds, key: url}
`;

/** A CR that says all it can, and one that says all it can of `networking` and `workload`, for the rest what `stack` does. */
const everything = readFileSync(new URL('cluster/stacks/kubernetes.yaml', import.meta.url), 'utf8')
  .replace(/^#.*\n/, '')
  .replace(/^(?=.)/gm, '  ')
  .replace(/^ /, '-');
const [head, tail] = everything.split(/^ {4}providers:\n[^]*(?=^ {4}networking:)/m);
const everyObject = head + stack(0).replace(/^[^]*(?=^ {4}providers:)/m, '') + tail;

const other = (number) => `- apiVersion: v1
  kind: ConfigMap
  metadata: # not ours
    name: settings-${number}
    namespace: other
  data:
    greeting: "hello, ${number}"
    settings.yaml: |
      a: 1
      b: [1, 2, 3]
`;

/** The same program without the code of any command, to see what that costs the function. */
const bare = join(scratch, 'bare.cjs');
const withoutCommands = {
  name: 'without commands',
  setup(build) {
    build.onLoad({ filter: /fn\/commands\/(render|convert|lock|schema|crd)\.ts$/ }, () => ({
      contents: 'export const run = () => 2;',
      loader: 'ts',
    }));
  },
};

/** A folder of 1,000 CRs of v1alpha1, and a program that reads and writes each with the YAML library. */
const crs = join(scratch, 'crs');
const library = join(scratch, 'library.cjs');
const rewrite = `
  import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
  import { parseDocument } from 'yaml';
  for (const name of readdirSync(${JSON.stringify(crs)})) {
    const path = ${JSON.stringify(crs)} + '/' + name;
    writeFileSync(path, parseDocument(readFileSync(path, 'utf8')).toString());
  }`;

function writeCrs() {
  const text = readFileSync('examples/v1alpha1/stack.yaml', 'utf8');
  rmSync(crs, { recursive: true, force: true });
  mkdirSync(crs);
  for (let number = 0; number < 1000; number++)
    writeFileSync(join(crs, `${number}.yaml`), text.replace('name: my-stack', `name: stack-${number}`));
}

const times = (count, item) => Array.from({ length: count }, (_, index) => item(index)).join('');
const resourceList = (items) => `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}`;

const chosen = process.argv.slice(2);
const runs = [
  { name: 'node -e 0', rounds: 30, args: ['-e', '0'], input: '' },
  { name: '1 CR', rounds: 30, input: resourceList(stack(0)), goal: '1.7, then 1.3' },
  { name: '1 CR, no command in the program', rounds: 30, args: [bare], input: resourceList(stack(0)), goal: 'as 1 CR' },
  { name: '1 CR with every object', rounds: 30, input: resourceList(everyObject), goal: '1.1 of 1 CR' },
  { name: '1 CR with everything', rounds: 30, input: resourceList(everything) },
  {
    name: '1 CR among 10,000 other items',
    rounds: 10,
    input: resourceList(times(5000, other) + stack(0) + times(5000, other)),
    goal: '4',
  },
  { name: '10 CRs', rounds: 10, input: resourceList(times(10, stack)) },
  { name: '100 CRs', rounds: 5, input: resourceList(times(100, stack)) },
  { name: '1,000 CRs', rounds: 3, input: resourceList(times(1000, stack)) },
  { name: '10,000 CRs', rounds: 1, input: resourceList(times(10_000, stack)), goal: 'linear' },
  { name: 'YAML library, 1,000 files', rounds: 5, args: [library], input: '', prepare: writeCrs },
  {
    name: 'llsd convert, 1,000 files',
    rounds: 5,
    args: [program, 'convert', '--to', 'v1alpha2', crs],
    input: '',
    prepare: writeCrs,
    goal: '2 of the library',
  },
]
  .filter(
    ({ name }, index) =>
      index === 0 || chosen.length === 0 || chosen.some((word) => name.startsWith(word) || name.includes(` ${word}`)),
  )
  .map((run, index) => ({ args: [program], ...run, file: join(scratch, `${index}.yaml`), wall: [] }));

/** Runs once; with `report`, a file that is loaded first and tells at the end what the process used. */
function measure({ name, args, file, prepare }, report) {
  prepare?.();
  const stdin = openSync(file, 'r');
  const start = process.hrtime.bigint();
  const { status, stderr, output } = spawnSync(process.execPath, report ? ['--require', report, ...args] : args, {
    stdio: [stdin, 'ignore', 'pipe', report ? 'pipe' : 'ignore'],
    encoding: 'utf8',
  });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  closeSync(stdin);
  if (status !== 0) throw new Error(`${name}: exit code ${status}\n${stderr}`);
  return { milliseconds, used: report && JSON.parse(output[3]) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function makePrograms() {
  await writeNodeProgram(bare, [withoutCommands]);
  const stdin = { contents: rewrite, resolveDir: process.cwd(), loader: 'js' };
  await build({ stdin, outfile: library, bundle: true, minify: true, platform: 'node' });
}

function measureAll() {
  const report = join(scratch, 'report.cjs');
  writeFileSync(
    report,
    `process.on('exit', () => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
      require('node:fs').writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, mebibytes: maxRSS / 1024 }));
    });`,
  );
  for (const run of runs) writeFileSync(run.file, run.input);
  for (const run of runs) Object.assign(run, measure(run, report).used); // also warms the disk
  for (let round = 0; round < 30; round++) {
    for (const run of runs) if (run.rounds > round) run.wall.push(measure(run).milliseconds);
  }
}

function print() {
  const floor = runs[0];
  const row = (...cells) =>
    console.log(cells.map((cell, index) => (index ? cell.padStart(15) : cell.padEnd(31))).join(''));
  row('', 'wall median', 'wall least', 'CPU', 'per CR, ms', 'peak MiB', 'goal');
  for (const run of runs) {
    const ratio = (of) => (of(run) / of(floor)).toFixed(2);
    const count = Number(/^([\d,]+) CRs?$/.exec(run.name)?.[1].replace(',', '') ?? NaN);
    row(
      run.name,
      ratio(({ wall }) => median(wall)),
      ratio(({ wall }) => Math.min(...wall)),
      ratio(({ cpu }) => cpu),
      Number.isNaN(count) ? '' : ((median(run.wall) - median(floor.wall)) / count).toFixed(2),
      run.mebibytes.toFixed(0),
      run.goal ?? '',
    );
  }
  console.log(
    `\nThe first three columns are ratios to node -e 0: ${median(floor.wall).toFixed(0)} ms wall here, Node ${process.version}.`,
  );
}

try {
  await makePrograms();
  measureAll();
  print();
} finally {
  rmSync(scratch, { recursive: true });
}
