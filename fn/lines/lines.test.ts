import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../src/run.ts';
import { system } from '../system.ts';
import { limits, type Disk } from './bounded-disk.ts';
import { linesOf } from './index.ts';

interface KubernetesObject {
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

const stack = (spec = 'networking: {port: 80}', metadata = ''): string =>
  `# ours\napiVersion: llamastack.io/v1alpha2\nkind: LlamaStackDistribution\nmetadata:\n  name: my-stack\n${metadata}spec:\n  distribution: {name: starter}\n  ${spec}\n`;
const port = (value: number): string => `networking:\n    port: ${String(value)}`;
const patch = (spec: string): string => stack(spec).replace('  distribution: {name: starter}\n', '');
const indented = (text: string, spaces: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));

const transformer = { 'kustomize.config.k8s.io/id': 'id' };
const generator = { 'config.kubernetes.io/function': 'exec: {path: llsd}\n' };
const origin = (path: string) => ({ ...transformer, 'config.kubernetes.io/origin': `path: ${path}\n` });
const kpt = (packagePath: string, path: string) => ({
  'internal.config.kubernetes.io/package-path': packagePath,
  'internal.config.kubernetes.io/path': path,
});

/** The object of a text as an orchestrator hands it over. */
function given(text: string, annotations: Record<string, string>, name = 'my-stack'): KubernetesObject {
  const object = parse(text) as KubernetesObject;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, name, annotations: { ...metadata.annotations, ...annotations } } };
}

/** A disk with these files alone, and the paths of those that were read. */
function diskOf(files: Readonly<Record<string, string | number>>): Disk & { readonly read: string[] } {
  const read: string[] = [];
  return {
    read,
    isFile: (path) => {
      if (Object.hasOwn(files, path)) return true;
      if (Object.keys(files).some((file) => path === '.' || file.startsWith(`${path}/`))) return false;
      throw Object.assign(new Error(path), { code: 'ENOENT', syscall: 'stat' });
    },
    readFile: (path) => {
      read.push(path);
      return files[path] ?? '';
    },
  };
}

/** What is told of a list, its lines up to the name of the CR; `objects` are its items, or a generator's config alone. */
function told(objects: KubernetesObject | readonly KubernetesObject[], disk: Disk): string[] {
  const list = Array.isArray(objects) ? { items: objects } : { items: [objects], functionConfig: objects };
  const input = JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', ...list });
  const { err, told: results } = run(input, system);
  if (!results) throw new Error('The list could not be read');
  const lines = linesOf(results, err, disk);
  const without = (text: string): string => text.replaceAll(/^\S+:\d+: | \([^ ]+\.yaml\)$/gm, '');
  expect(without(lines)).toBe(without(err));
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/: LlamaStackDistribution\/[^ ]*: [^ ]*: .*?(?=$| \([^ ]+\)$)/, ''));
}

const inKustomize = (text = stack(port(80)), name = 'my-stack', annotations = {}) => [
  given(text, { ...transformer, ...annotations }, name),
];

describe('under kustomize', () => {
  test('a CR among the resources is told with file and line, as by llsd render', () => {
    const disk = diskOf({ 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': stack(port(80)) });
    expect(told(inKustomize(), disk)).toEqual(['stack.yaml:9: error']);
  });

  test('so is the CR of a generator', () => {
    const disk = diskOf({ 'kustomization.yaml': 'generators: [stack.yaml]\n', 'stack.yaml': stack(port(80)) });
    expect(told(given(stack(port(80)), generator), disk)).toEqual(['stack.yaml:9: error']);
  });

  test.each(['resources', 'bases', 'components', 'generators', 'transformers', 'validators'])(
    '`%s` are followed, folders to their kustomization under each of its names',
    (field) => {
      for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
        const disk = diskOf({
          'kustomization.yaml': `${field}: [./sub/../sub/]\n`,
          [`sub/${name}`]: 'resources: [../../far/stack.yaml]\n',
          '../far/stack.yaml': stack(port(80)),
        });
        expect(told(inKustomize(), disk)).toEqual(['../far/stack.yaml:9: error']);
      }
    },
  );

  test('an object that stands inline in a kustomization is told with a line of that file', () => {
    const text = `# ours\ngenerators:\n  - other.yaml\n  - |-\n${indented(stack(port(80)), 4)}`;
    const disk = diskOf({ 'kustomization.yaml': text });
    expect(text.split('\n')[12]).toBe('        port: 80');
    expect(told(given(stack(port(80)), generator), disk)).toEqual(['kustomization.yaml:13: error']);
  });

  test('a folded or quoted text in a kustomization has no lines of its own', () => {
    const quoted = `generators:\n  - ${JSON.stringify(stack(port(80)))}\n`;
    const disk = diskOf({ 'kustomization.yaml': quoted });
    expect(told(given(stack(port(80)), generator), disk)).toEqual(['error']);
  });

  test('under a prefix and a namespace the file has the first of the previous names', () => {
    const disk = diskOf({
      'kustomization.yaml': 'resources: [stack.yaml, other.yaml]\n',
      'stack.yaml': stack(port(80)),
      'other.yaml': stack(port(80)).replace('name: my-stack', 'name: b-a-my-stack'),
    });
    const previous = { 'internal.config.kubernetes.io/previousNames': 'my-stack,my-stack,a-my-stack' };
    expect(told(inKustomize(stack(port(80)), 'b-a-my-stack', previous), disk)).toEqual(['stack.yaml:9: error']);
  });

  test('of two objects with one name it is the one of the namespace; of two in one namespace none is told', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
      'a.yaml': stack(port(80), '  namespace: a\n'),
      'b.yaml': stack(port(80)),
    };
    const previous = { 'internal.config.kubernetes.io/previousNamespaces': 'default,a' };
    const cr = inKustomize(stack(port(80), '  namespace: a\n'), 'my-stack', previous);
    expect(told(cr, diskOf(files))).toEqual(['b.yaml:9: error']);
    expect(told(cr, diskOf({ ...files, 'a.yaml': stack(port(80)) }))).toEqual(['error']);
  });

  test('the origin that kustomize tells is the file, its path as kustomize has it', () => {
    const files = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'resources: [stack.yaml]\n',
      'a/stack.yaml': stack(port(80)),
      'b/kustomization.yaml': 'resources: [stack.yaml]\n',
      'b/stack.yaml': stack(port(80)),
    };
    const from = (path: string) => told([given(stack(port(80)), origin(path))], diskOf(files));
    expect(from('b/stack.yaml')).toEqual(['b/stack.yaml:9: error']);
    expect(from('../app/a/stack.yaml')).toEqual(['../app/a/stack.yaml:9: error']);
    expect(from('stack.yaml')).toEqual(['error (stack.yaml)']);
    expect(from('c/stack.yaml')).toEqual(['error (c/stack.yaml)']);
    expect(from('b/stack.yaml\nrepo: https://git.example/b')).toEqual(['error (b/stack.yaml)']);
  });

  test('a missing field is told at what is there of its path', () => {
    const files = { 'kustomization.yaml': 'resources: [stack.yaml]\n' };
    const spec =
      'providers:\n    inference:\n      - {id: a, provider: vllm, endpoint: "http://a:8000"}\n      - endpoint: http://b:8000';
    const disk = diskOf({ ...files, 'stack.yaml': stack(spec) });
    expect(told(inKustomize(stack(spec)), disk)).toContain('stack.yaml:11: error');
    const patched = stack(spec.replace('- endpoint', '- id: b\n        endpoint').replace('a:8000', 'a:8001'));
    expect(told(inKustomize(patched), disk)).toContain('stack.yaml:11: error');
  });

  test('a fault of the object as a whole is told at its first line', () => {
    const local = { 'config.kubernetes.io/local-config': 'false' };
    const disk = diskOf({ 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': stack(port(8321)) });
    expect(told(inKustomize(stack(port(8321)), 'my-stack', local), disk)[0]).toMatch(/^stack\.yaml:2: warning/);
  });
});

describe('where the file does not say what the function was given', () => {
  const kustomization = (rest: string): string => `resources: [stack.yaml]\n${rest}`;
  const at = (files: Record<string, string>, own = port(8321), cr = stack(port(80))): string[] =>
    told(inKustomize(cr), diskOf({ 'kustomization.yaml': kustomization(''), 'stack.yaml': stack(own), ...files }));

  test('no line is told', () => {
    expect(at({})).toEqual(['error']);
    expect(at({}, 'networking: {}')).toEqual(['error']);
    expect(at({}, 'disabled: [eval]')).toEqual(['error']);
  });

  test('a field that was removed is told nowhere', () => {
    expect(
      at(
        {},
        'providers: {inference: {provider: vllm, endpoint: "http://a:8000"}}',
        stack('providers: {inference: {endpoint: "http://a:8000"}}'),
      ),
    ).toEqual(['error']);
  });

  test.each([
    ['patches:\n  - path: port.yaml\n'],
    ['patches:\n  - target: {kind: LlamaStackDistribution}\n    path: ./port.yaml\n'],
    ['patchesStrategicMerge: [port.yaml]\n'],
    ['components: [bigger]\n'],
  ])('the patch that brings it is told: %j', (rest) => {
    const path = rest.includes('bigger') ? 'bigger/port.yaml' : 'port.yaml';
    const files = {
      'kustomization.yaml': kustomization(rest),
      'bigger/kustomization.yaml': 'patches: [{path: port.yaml}]\n',
      [path]: patch(port(80)),
    };
    expect(at(files)).toEqual([`${path}:8: error`]);
    expect(at(files, 'disabled: [eval]')).toEqual([`${path}:8: error`]);
  });

  test('a patch that stands inline in the kustomization is told with a line of it', () => {
    const text = kustomization(`patches:\n  - patch: |\n${indented(patch(port(80)), 6)}`);
    expect(text.split('\n')[10]).toBe('          port: 80');
    expect(at({ 'kustomization.yaml': text })).toEqual(['kustomization.yaml:11: error']);
  });

  test('a patch of other fields, of another CR or of other form is not', () => {
    const other = (text: string) =>
      at({ 'kustomization.yaml': kustomization('patches: [{path: p.yaml}]\n'), 'p.yaml': text });
    expect(other(patch('disabled: [eval]'))).toEqual(['error']);
    expect(other(patch(port(80)).replace('my-stack', 'your-stack'))).toEqual(['error']);
    expect(other('- {op: replace, path: /spec/networking/port, value: 80}\n')).toEqual(['error']);
    expect(other(patch(port(81)))).toEqual(['error']);
  });

  test('of two patches of one field none is told, and none where two overlays stand on one base', () => {
    const two = kustomization('patches: [{path: a.yaml}, {path: b.yaml}]\n');
    const files = { 'a.yaml': patch(port(8322)), 'b.yaml': patch(port(80)) };
    const either = [two, two.replace(/\{path: a.yaml\}, (.*)\]/, '$1, {path: a.yaml}]')];
    expect(either.map((text) => at({ 'kustomization.yaml': text, ...files }))).toEqual([['error'], ['error']]);
    expect(at({ 'kustomization.yaml': two, ...files, 'a.yaml': patch('disabled: [eval]') })).toEqual([
      'b.yaml:8: error',
    ]);
    const overlay = 'resources: [../base]\npatches: [{path: ../b.yaml}]\n';
    const overlays = {
      'kustomization.yaml': 'resources: [dev, prod]\n',
      'dev/kustomization.yaml': overlay,
      'prod/kustomization.yaml': overlay.replace(/patches.*\n/, ''),
      'base/kustomization.yaml': 'resources: [../stack.yaml]\n',
      ...files,
    };
    expect(at(overlays)).toEqual(['error']);
    expect(at(overlays, port(80))).toEqual(['stack.yaml:9: error']);
  });
});

describe('what is told stays as it is', () => {
  const cr = inKustomize();

  test.each<[string, Record<string, string | number>]>([
    ['no kustomization', { 'stack.yaml': stack(port(80)) }],
    ['a kustomization that is no YAML', { 'kustomization.yaml': 'resources: [', 'stack.yaml': stack(port(80)) }],
    ['one that is a list', { 'kustomization.yaml': '- stack.yaml\n', 'stack.yaml': stack(port(80)) }],
    ['one with resources of another form', { 'kustomization.yaml': 'resources: {a: stack.yaml}\npatches: [1]\n' }],
    ['a file that is not UTF-8', { 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': 3 }],
    ['a file that is no YAML', { 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': `${stack()}  a: [` }],
    ['a file that is not there', { 'kustomization.yaml': 'resources: [stack.yaml]\n' }],
    ['a kustomization elsewhere', { 'kustomization.yaml': 'resources: ["https://git.example/a?ref=v1"]\n' }],
  ])('where there is %s', (_, files) => {
    expect(told(cr, diskOf(files))).toEqual(['error']);
  });

  test('where the disk fails, or our search does', () => {
    const broken: Disk = {
      isFile: () => true,
      readFile: () => {
        throw new Error('EIO');
      },
    };
    expect(told(cr, broken)).toEqual(['error']);
    const { err, told: results } = run(JSON.stringify({ kind: 'ResourceList', items: cr }), system);
    const list = undefined as never;
    expect(linesOf({ results: results?.results ?? [], list }, err, diskOf({}))).toBe(err);
  });

  test('kustomizations that name each other are read once', () => {
    const disk = diskOf({
      'kustomization.yaml': 'resources: [a, stack.yaml, .]\n',
      'a/kustomization.yaml': 'resources: [.., ../a]\n',
      'stack.yaml': stack(port(80)),
    });
    expect(told(cr, disk)).toEqual(['stack.yaml:9: error']);
    expect(disk.read).toHaveLength(3);
  });

  test('of a tree that no package is, only the beginning is read', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `${String(index)}.yaml`);
    const files = Object.fromEntries(names.map((name) => [name, 'a: 1\n']));
    const kustomization = `resources: [stack.yaml, ${names.join(', ')}]\n`;
    const many = diskOf({ ...files, 'kustomization.yaml': kustomization, 'stack.yaml': stack(port(80)) });
    expect(told(cr, many)).toEqual(['error']);
    expect(many.read.length).toBeLessThanOrEqual(limits.files);
    const largest = `resources: [stack.yaml, ${names.slice(0, limits.files - 10).join(', ')}]\n`;
    const fewer = diskOf({ ...files, 'kustomization.yaml': largest, 'stack.yaml': stack(port(80)) });
    expect(told(cr, fewer)).toEqual(['stack.yaml:9: error']);
    const large = 'a'.repeat(limits.characters / 4);
    const big = diskOf({
      ...Object.fromEntries(names.map((name) => [name, large])),
      'kustomization.yaml': kustomization,
      'stack.yaml': stack(port(80)),
    });
    expect(told(cr, big)).toEqual(['error']);
    expect(big.read.length).toBeLessThan(8);
  });

  test('of infos on a terminal', () => {
    const disk = diskOf({ 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': stack(port(8321)) });
    const local = { 'config.kubernetes.io/local-config': 'false' };
    const list = { kind: 'ResourceList', items: inKustomize(stack(port(8321)), 'my-stack', local) };
    const { err, told: results } = run(JSON.stringify(list), { ...system, infos: true });
    const lines = results && linesOf(results, err, disk).split('\n');
    expect(lines?.filter((line) => /^\S+:\d+: /.test(line))).toHaveLength(1);
    expect(lines?.some((line) => line.startsWith('info: '))).toBe(true);
  });
});

describe('under kpt', () => {
  const files = { '/work/app/team/stack.yaml': stack(port(80)), 'team/stack.yaml': stack(port(80)) };

  test("the file is the one in the item's package, its path as kpt has it", () => {
    const cr = [given(stack(port(80)), kpt('/work/app/team', 'stack.yaml'))];
    expect(told(cr, diskOf(files))).toEqual(['stack.yaml:9: error']);
  });

  test('what another function changed before is not told with a line', () => {
    const cr = [given(stack(port(81)), kpt('/work/app/team', 'stack.yaml'))];
    expect(told(cr, diskOf(files))).toEqual(['error (stack.yaml)']);
  });

  test('where kpt does not tell the package, as in fn eval, its folder is not known', () => {
    const cr = [given(stack(port(80)), { 'internal.config.kubernetes.io/path': 'team/stack.yaml' })];
    expect(told(cr, diskOf(files))).toEqual(['error (team/stack.yaml)']);
  });

  test('of two objects with one name nothing tells which is meant', () => {
    const two = ['a', 'b'].map((name) => given(stack(port(80)), kpt(`/work/${name}`, 'stack.yaml')));
    const disk = diskOf({ '/work/a/stack.yaml': stack(port(80)), '/work/b/stack.yaml': stack(port(80)) });
    expect(told(two, disk).filter((line) => /:\d+: /.test(line))).toEqual([]);
  });
});
