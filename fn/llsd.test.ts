import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const program = join(import.meta.dirname, '../dist/llsd.cjs');
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};
const stack = readFileSync(join(import.meta.dirname, '../examples/quickstart/stack.yaml'), 'utf8');
const list = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n-${stack.replace(/^(?=.)/gm, '  ').slice(1)}`;

const scratch = mkdtempSync(join(tmpdir(), 'llsd-program-'));

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

function llsd(args: readonly string[], input: string | Buffer = '', cwd = '.'): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...args], { cwd, input, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

test('without arguments it is the function', () => {
  const { stdout, stderr, status } = llsd([], list);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toMatch(/^apiVersion: config.kubernetes.io\/v1\nkind: ResourceList\n/);
  expect(stdout).toContain('kind: Deployment');
});

test('the files of a kustomization in the folder give a mistake its line on stderr, and change nothing on stdout', () => {
  const wrong = (text: string): string => text.replace('provider: vllm', 'provider: vlm');
  const folder = join(scratch, 'kustomization');
  mkdirSync(folder);
  const byKustomize = wrong(list).replace('metadata:', 'metadata:\n    annotations: {kustomize.config.k8s.io/id: id}');
  const before = llsd([], byKustomize, folder);
  writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [stack.yaml]\n');
  writeFileSync(join(folder, 'stack.yaml'), wrong(stack));
  const after = llsd([], byKustomize, folder);
  expect(before.stderr).toMatch(/^error: LlamaStackDistribution\/my-stack: spec\.providers\.inference\.provider: /);
  expect(after.stderr).toBe(`stack.yaml:11: ${before.stderr}`);
  expect(after.stderr).toBe(llsd(['render', 'stack.yaml'], '', folder).stderr);
  expect([after.stdout, after.status]).toEqual([before.stdout, before.status]);
});

test.each([
  ['--help', /Usage:/],
  ['-h', /Usage:/],
  ['help', /Usage:/],
  ['--version', new RegExp(`^${version}\n$`)],
])('%s prints to stdout and exits with 0', (argument, expected) => {
  const { stdout, stderr, status } = llsd([argument]);
  expect(stdout).toMatch(expected);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test.each([
  [['rendr'], 'llsd: unknown command "rendr"; did you mean "llsd render"?\n'],
  [['qqqqqq'], 'llsd: unknown command "qqqqqq"; llsd --help lists all\n'],
  [['constructor'], 'llsd: unknown command "constructor"; llsd --help lists all\n'],
  [['--verison'], 'llsd: unknown command "--verison"; did you mean "llsd --version"?\n'],
  [['render', '--platfrom', 'x'], 'llsd render: unknown option "--platfrom"; did you mean --platform?\n'],
  [['render', '--qqqqqq'], 'llsd render: unknown option "--qqqqqq"; llsd render --help lists all\n'],
  [['render', '--platform'], 'llsd render: --platform must be followed by a value\n'],
  [['render', '--platform', 'a', '--platform', 'b'], 'llsd render: --platform must be given once only\n'],
  [['render', '--help=yes'], 'llsd render: --help takes no value\n'],
  [['render', '--image-overrides', 'a', '.'], 'llsd render: --image-overrides must be NAME=IMAGE, not "a"\n'],
  [['render'], 'llsd render: name a folder or a file, or - for stdin\n'],
  [['render', 'nowhere'], 'llsd: "nowhere" must be a folder or a file that can be read, or - for stdin (ENOENT)\n'],
])('a wrong command line exits with 2 and one line that helps: %s', (args, line) => {
  const { stdout, stderr, status } = llsd(args);
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: line, status: 2 });
});

test('input that is not UTF-8 is an error that names the byte, and nothing on stdout', () => {
  const { stdout, stderr, status } = llsd([], Buffer.concat([Buffer.from('kind: '), Buffer.of(0xff)]));
  expect({ stdout, stderr, status }).toEqual({
    stdout: '',
    stderr: 'error: The text must be UTF-8, and is not from byte 6 on\n',
    status: 1,
  });
});

test('a terminal as stdin exits with 2 and says what to do', () => {
  const { stdout, status } = spawnSync('script', ['-qec', `${process.execPath} ${program}`, '/dev/null'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stdout).toContain('llsd render DIR|FILE');
  expect(status).toBe(2);
});

test('a folder as stdin exits with 2 and one line', () => {
  const { stderr, status } = spawnSync('sh', ['-c', `${process.execPath} ${program} < .`], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: 'llsd: the system refused to read: EISDIR\n', status: 2 });
});

test('stdin that comes late and in pieces is read to its end', async () => {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  for (const piece of list.match(/[^]{1,200}/g) ?? []) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.stdin.write(piece);
  }
  child.stdin.end();
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(out).toBe(llsd([], list).stdout);
});

test('a large output reaches a slow reader whole', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    list.replaceAll('name: my-stack', `name: stack-${String(index)}`),
  );
  const input = many.map((text, index) => (index === 0 ? text : text.replace(/^[^]*?items:\n/, ''))).join('');
  const { stdout } = spawnSync('sh', ['-c', `${process.execPath} ${program} | (sleep 1; cat)`], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  expect(stdout.match(/kind: Deployment/g)).toHaveLength(300);
  expect(stdout).toBe(llsd([], input).stdout);
});

test('a reader that goes away is no fault', () => {
  const { stderr, stdout } = spawnSync('sh', ['-c', `${process.execPath} ${program} | head -1`], {
    input: list.repeat(1) + ' '.repeat(2_000_000),
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'apiVersion: config.kubernetes.io/v1\n', stderr: '' });
});

test('a full disk exits with 2 and one line', () => {
  const { stderr, status } = spawnSync('sh', ['-c', `${process.execPath} ${program} > /dev/full`], {
    input: list,
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: 'llsd: the system refused to write: ENOSPC\n', status: 2 });
});

test('a fault of its own exits with 2 and one line that asks for a report, its stack only with LLSD_DEBUG=1', () => {
  const breakage = join(scratch, 'break.cjs');
  writeFileSync(breakage, "require('node:crypto').createHash = () => { throw new Error('a value of the input'); };");
  const broken = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['--require', breakage, program], {
      input: list,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  const { stdout, stderr, status } = broken({});
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  expect(stderr).toMatch(new RegExp(`^llsd ${version}: [^\\n]*report[^\\n]*\\n$`));
  expect(stderr).not.toContain('a value of the input');
  expect(broken({ LLSD_DEBUG: '1' }).stderr).toMatch(/a value of the input\n +at /);
});

test('without the bytecode of an earlier run, or with one that does not fit, it does the same', () => {
  const copy = join(scratch, 'llsd.cjs');
  copyFileSync(program, copy);
  const { stdout } = llsd([], list);
  const run = () => spawnSync(process.execPath, [copy], { input: list, encoding: 'utf8' });
  expect(run()).toMatchObject({ stdout, stderr: '', status: 0 });
  writeFileSync(join(scratch, 'llsd.cache'), 'no bytecode');
  expect(run()).toMatchObject({ stdout, stderr: '', status: 0 });
});
