import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../dist/llsd.cjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llsd-convert-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const head = (version: string, annotations = ''): string =>
  `apiVersion: llamastack.io/${version}\nkind: LlamaStackDistribution\nmetadata:\n  name: a\n${annotations}spec:\n`;
const server = '  server:\n    distribution:\n      name: starter\n';
const old = `${head('v1alpha1')}${server}`;
const convertedOld = `${head('v1alpha2')}  distribution:\n    name: starter\n`;

function convert(text: string, ...args: string[]) {
  writeFileSync(join(folder, 'a.yaml'), text);
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'convert', ...args], {
    cwd: folder,
    input: text,
    encoding: 'utf8',
  });
  return { stdout, stderr, status, text: readFileSync(join(folder, 'a.yaml'), 'utf8') };
}

test('a file is changed where it stands, and the summary says what moved where', () => {
  const { stdout, stderr, status, text } = convert(old, '--to', 'v1alpha2', 'a.yaml');
  expect(text).toBe(`${head('v1alpha2')}  distribution:\n    name: starter\n`);
  expect(stderr).toContain(
    'a.yaml: LlamaStackDistribution/a is now v1alpha2\n  spec.server.distribution -> spec.distribution\n',
  );
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});

test('- converts stdin to stdout, and other documents keep their bytes', () => {
  const other = '---\nkind:   ConfigMap\napiVersion: v1\nmetadata: {name:   x}\n';
  const { stdout, status, text } = convert(old + other, '--to', 'v1alpha2', '-');
  expect(stdout).toBe(`${head('v1alpha2')}  distribution:\n    name: starter\n${other}`);
  expect({ status, text }).toEqual({ status: 0, text: old + other });
});

test('where there is nothing to convert, a line says so', () => {
  const { stderr, status } = convert(convertedOld, '--to', 'v1alpha2', 'a.yaml');
  expect(stderr).toBe('Nothing to convert: no LlamaStackDistribution of another version than v1alpha2 was found\n');
  expect(status).toBe(0);
});

test('JSON stays JSON', () => {
  const named = { distribution: { name: 'starter' }, containerSpec: { name: 'own', port: 9000 } };
  const cr = { apiVersion: 'llamastack.io/v1alpha1', kind: 'LlamaStackDistribution', metadata: { name: 'a' } };
  const text = `${JSON.stringify({ ...cr, spec: { server: named } }, null, 4)}\n`;
  const { stdout } = convert(text, '--to', 'v1alpha2', '-');
  const after = {
    ...cr,
    apiVersion: 'llamastack.io/v1alpha2',
    metadata: { name: 'a', annotations: { 'llamastack.io/v1alpha1-extras': '{"containerName":"own"}' } },
    spec: { distribution: { name: 'starter' }, networking: { port: 9000 } },
  };
  expect(stdout).toBe(`${JSON.stringify(after, null, 4)}\n`);
});

test('--check writes nothing, and fails as long as a CR would change', () => {
  expect(convert(old, '--to', 'v1alpha2', '--check', 'a.yaml')).toMatchObject({ status: 1, text: old });
  expect(convert(old, '--to', 'v1alpha1', '--check', 'a.yaml')).toMatchObject({ status: 0, text: old });
});

test('--providers-from-env makes providers of variables, with secrets as references', () => {
  const env =
    '    containerSpec:\n      env:\n      # where the GPUs are\n      - name: VLLM_URL\n        value: http://vllm:8000/v1 # of the team\n' +
    '      - name: VLLM_API_TOKEN\n        valueFrom:\n          secretKeyRef:\n            name: vllm\n            key: token\n' +
    '      - name: OPENAI_API_KEY\n        value: written-out\n';
  const { text, stderr } = convert(old + env, '--to', 'v1alpha2', '--providers-from-env', 'a.yaml');
  expect(text).toContain('apiKey:\n        secretKeyRef:\n          name: vllm\n          key: token\n');
  expect(text).toContain('- name: OPENAI_API_KEY');
  expect(text).not.toContain('VLLM_URL');
  expect(text).toContain('  # where the GPUs are\n  # of the team\n  providers:\n');
  expect(stderr).toMatch(/OPENAI_API_KEY stays a variable/);
  expect(stderr).not.toContain('written-out');
});

test.each([
  [
    'an annotation that is no JSON',
    head('v1alpha1', "  annotations:\n    llamastack.io/v1alpha2-extras: '{'\n") + server,
    /must be a JSON object/,
  ],
  [
    'an unknown key in it',
    head('v1alpha1', `  annotations:\n    llamastack.io/v1alpha2-extras: '{"x":1}'\n`) + server,
    /unknown key "x"/,
  ],
  [
    'the annotation of the version that the CR has',
    head('v1alpha1', "  annotations:\n    llamastack.io/v1alpha1-extras: '{}'\n") + server,
    /remove it/,
  ],
  [
    'the annotations of both versions',
    head(
      'v1alpha1',
      "  annotations:\n    llamastack.io/v1alpha1-extras: '{}'\n    llamastack.io/v1alpha2-extras: '{}'\n",
    ) + server,
    /v1alpha1-extras.*this CR is v1alpha1: write them as fields, and remove it/,
  ],
  [
    'an annotation that is a list',
    head('v1alpha1', "  annotations:\n    llamastack.io/v1alpha2-extras: '[]'\n") + server,
    /must be a JSON object/,
  ],
  [
    'a version to come',
    old.replace('v1alpha1', 'v1'),
    /apiVersion: .* must be "llamastack.io\/v1alpha1" .* the version of these fields, not "llamastack.io\/v1"/,
  ],
  ['a field of the other version', `${old}  providers: {}\n`, /spec\.providers.* field of v1alpha2/],
  [
    'a misspelt field',
    `${old}    workres: 2\n`,
    /^a\.yaml:9: error: .*spec\.server\.workres: Unknown field `workres` in `server`\. Did you mean `workers`\?/,
  ],
  [
    'a misspelt field right under spec',
    `${old}  replica: 2\n`,
    /spec\.replica: Unknown field `replica` in `spec`\. Did you mean `replicas`\?/,
  ],
  [
    'a section that is empty',
    `${old}    containerSpec:\n`,
    /spec\.server\.containerSpec: `containerSpec` must be an object, not empty \(null\)/,
  ],
  ['a spec that is no object', head('v1alpha1').replace(/spec:\n/, 'spec: 5\n'), /spec: `spec` must be an object/],
  [
    'annotations that are empty',
    `${head('v1alpha1', '  annotations:\n')}${server}    containerSpec: {name: own}\n`,
    /metadata\.annotations: `metadata\.annotations` must be an object/,
  ],
  [
    'an unknown version',
    old.replace('v1alpha1', 'v1beta1'),
    /apiVersion: .* must be "llamastack.io\/v1alpha1" .*, not "llamastack.io\/v1beta1"/,
  ],
  [
    'fields of the other version alone',
    old.replace('v1alpha1', 'v1alpha2'),
    /apiVersion: The fields of `spec` are those of v1alpha1/,
  ],
  [
    'a CR in both versions',
    `${old}---\n${convertedOld}`,
    /LlamaStackDistribution\/a: This CR is there as v1alpha1 too.*: remove one, or rename it/,
  ],
  ['an alias', `${old}  network: &n {}\nstatus: *n\n`, /aliases/],
])('%s is an error, and no file is written', (_, text, message) => {
  const { stderr, status, text: after } = convert(text, '--to', 'v1alpha2', 'a.yaml');
  expect(stderr).toMatch(message);
  expect({ status, after }).toEqual({ status: 1, after: text });
});

test('an annotation of the first conversion that was edited by hand is an error', () => {
  const note = '  annotations:\n    llamastack.io/v1alpha1-termination-grace-period: soon\n';
  const text = `${head('v1alpha2', note)}  distribution:\n    name: starter\n`;
  const { stderr, status, text: after } = convert(text, '--to', 'v1alpha1', 'a.yaml');
  expect(stderr).toMatch(/v1alpha1-termination-grace-period.*must be a number of seconds/);
  expect({ status, after }).toEqual({ status: 1, after: text });
});

/** Converts the folder as a user who may write the files that are named, and no other. */
function convertAsNobody(files: Readonly<Record<string, string>>, writable: readonly string[], to = 'v1alpha2') {
  chmodSync(folder, 0o755);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: writable.includes(name) ? 0o666 : 0o444 });
    chmodSync(join(folder, name), writable.includes(name) ? 0o666 : 0o444);
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'convert', '--to', to, '.'], {
    cwd: folder,
    encoding: 'utf8',
    ...(process.getuid?.() === 0 && { uid: 65534, gid: 65534 }),
  });
  const after = Object.fromEntries(Object.keys(files).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  return { stdout, stderr, status, after };
}

test('files that cannot be written are all named with what to do, and no file is changed', () => {
  const files = { 'a.yaml': old, 'b.yaml': old, 'c.yaml': old.replace('name: a', 'name: c'), 'd.yaml': old };
  const { stdout, stderr, status, after } = convertAsNobody(files, ['a.yaml', 'd.yaml']);
  const line = (name: string): string =>
    `${name}: error: The file must be one that can be written (EACCES); no file was changed. Make it writable, or convert it to stdout: llsd convert --to VERSION - < "${name}"\n`;
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: line('b.yaml') + line('c.yaml'), status: 1 });
  expect(after).toEqual(files);
});

test('a file that needs no change need not be writable', () => {
  const files = { 'a.yaml': old, 'b.yaml': convertedOld };
  const { status, after } = convertAsNobody(files, ['a.yaml']);
  expect({ status, after }).toEqual({ status: 0, after: { 'a.yaml': convertedOld, 'b.yaml': convertedOld } });
});

test('a disk that is full in the middle of a file leaves all files as they were', () => {
  const cr = `${head('v1alpha2')}  distribution:\n    name: starter\n  workload:\n    workers: 2\n`;
  // As long as a file may be below; v1alpha1 is longer.
  const long = `${cr}# ${'x'.repeat(1024 - cr.length - 3)}\n`;
  writeFileSync(join(folder, 'a.yaml'), head('v1alpha2') + '  distribution:\n    name: starter\n');
  writeFileSync(join(folder, 'b.yaml'), long);
  const limited = `trap '' XFSZ; ulimit -f 1; exec '${process.execPath}' '${program}' convert --to v1alpha1 .`;
  const { stderr, status } = spawnSync('bash', ['-c', limited], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toMatch(
    /^b\.yaml: error: The file must be one that can be written \(EFBIG\); no file was changed\. .*\n$/,
  );
  expect(status).toBe(1);
  expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe(long);
  expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toContain('v1alpha2');
});

test('--to must be a version', () => {
  expect(convert(old, 'a.yaml')).toMatchObject({
    status: 2,
    stderr: 'llsd convert: --to must be v1alpha2 or v1alpha1\n',
  });
});
