import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../dist/llsd.cjs');
const quickstart = join(import.meta.dirname, '../../examples/quickstart');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-render-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function render(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'render', ...args], {
    cwd: folder,
    input: readFileSync(join(quickstart, 'stack.yaml')),
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

const stack = (name: string, spec = ''): string =>
  `apiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: ${name}\nspec:\n  distribution:\n    name: starter\n${spec}`;

const deployments = (yaml: string): string[] =>
  [...yaml.matchAll(/^kind: Deployment\nmetadata:\n {2}name: (.*)$/gm)].map(([, name = '']) => name);

test('the quickstart gives its five objects as plain YAML, and nothing on stderr', () => {
  const { stdout, stderr, status } = render(quickstart);
  expect([...stdout.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind)).toEqual([
    'ServiceAccount',
    'ConfigMap',
    'Deployment',
    'Service',
    'NetworkPolicy',
  ]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('a file, its folder and stdin give the same', () => {
  const { stdout } = render(quickstart);
  expect(render(join(quickstart, 'stack.yaml')).stdout).toBe(stdout);
  expect(render('-').stdout).toBe(stdout);
});

test('of a folder every *.yaml and *.yml is read at any depth, and nothing else', () => {
  write('b.yaml', stack('b'));
  write('deep/er/a.yml', stack('a'));
  write('two.yaml', `${stack('c')}---\n${stack('d')}`);
  write('notes.txt', stack('text'));
  write('.git/stored.yaml', stack('git'));
  expect(deployments(render('.').stdout)).toEqual(['b', 'a', 'c', 'd']);
});

test('.krmignore leaves files out, below the folder that it is in', () => {
  write('a.yaml', stack('a'));
  write('b/b.yaml', stack('b'));
  write('b/kept.yaml', stack('kept'));
  write('b/.krmignore', '*\n!kept.yaml\n');
  write('c/c.yaml', stack('c'));
  write('d/values.yaml', 'replicas: [');
  write('.krmignore', '# not ours\nc/\nvalues.yaml\n');
  const { stdout, stderr, status } = render('.');
  expect(deployments(stdout)).toEqual(['a', 'kept']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('an error names file and line, and nothing is printed', () => {
  write('a.yaml', `# one\n---\n${stack('a')}---\n${stack('b', '  networking:\n    port: 80\n')}`);
  const { stdout, stderr, status } = render('.');
  expect(stderr).toMatch(/^a\.yaml:19: error: LlamaStackDistribution\/b: spec\.networking\.port: .*must be.*\n$/);
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
});

test('a patch of a kustomization is no CR of its own, and the error says how to render both', () => {
  write('base/stack.yaml', stack('a'));
  write('base/kustomization.yaml', 'resources: [stack.yaml]\n');
  write('prod/kustomization.yaml', 'resources: [../base]\npatches:\n- path: patch.yaml\n- path: service.yaml\n');
  write('prod/patch.yaml', stack('a').replace(/spec:[^]*/, 'spec:\n  workload:\n    replicas: 2\n'));
  write('prod/service.yaml', 'apiVersion: v1\nkind: Service\nmetadata:\n  name: other\n');
  const expected =
    'prod/patch.yaml: error: This is a patch of the LlamaStackDistribution "a", which only kustomize puts into it; render what kustomize makes of both: `kustomize build prod | llsd render -`\n';
  for (const path of ['.', 'prod', './prod/'])
    expect(render(path)).toEqual({ stdout: '', stderr: expect.stringContaining(expected) as string, status: 1 });
  expect(render('.').stderr).toBe(expected);
  expect(render('base').status).toBe(0);
});

test('what is no YAML is told with file and line, beside all other errors', () => {
  write('a.yaml', stack('a', '  replica: 1\n'));
  write('b.yaml', 'kind: "open\n');
  write('c.yaml', Buffer.concat([Buffer.from('kind: '), Buffer.of(0xff)]));
  const { stdout, stderr, status } = render('.');
  expect(stderr).toMatch(/^a\.yaml:8: error: .*replica/m);
  expect(stderr).toMatch(/^b\.yaml: error: Line \d+, column \d+: /m);
  expect(stderr).toMatch(/^c\.yaml: error: The text must be UTF-8, and is not from byte 6 on$/m);
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
});

test('flags are stronger than the options of the package', () => {
  write('a.yaml', stack('a'));
  write(
    'options.yaml',
    'apiVersion: fn.llamastack.io/v1alpha1\nkind: RenderOptions\nmetadata:\n  name: o\nspec:\n  networkPolicy: "On"\n  imageOverrides:\n    starter: registry.example/a:0.7.1\n',
  );
  const { stdout } = render('.', '--network-policy', 'Off', '--image-overrides', 'starter=registry.example/b:0.7.1');
  expect(stdout).not.toContain('kind: NetworkPolicy');
  expect(stdout).toContain('image: registry.example/b:0.7.1');
});

test('a flag with a value that is not allowed is an error that lists what is', () => {
  write('a.yaml', stack('a'));
  const { stderr, status } = render('.', '--provider-merge', 'overlay');
  expect(stderr).toMatch(/^error: providerMerge: .*"Replace" or "Overlay"/);
  expect(status).toBe(1);
});

test('--help names every option', () => {
  const { stdout, status } = render('--help');
  expect([...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag)).toHaveLength(11);
  expect(status).toBe(0);
});
