import { describe, expect, test } from 'vitest';
import { run } from '../../src/run.ts';
import { system } from '../system.ts';
import { limits, type Disk } from './bounded-disk.ts';
import { linesOf } from './index.ts';
import { diskOf, given, inKustomize, kpt, port, stack, told } from './lines.fixture.ts';

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
    const long = `# ${'a'.repeat(500_000)}\n${stack(port(80))}`;
    const two = { 'kustomization.yaml': 'resources: [stack.yaml, b.yaml]\n', 'stack.yaml': stack(port(80)) };
    expect(told(cr, diskOf({ ...two, 'b.yaml': 'a: 1\n' }))).toEqual(['stack.yaml:9: error']);
    expect(told(cr, diskOf({ ...two, 'b.yaml': long }))).toEqual(['error']);
    const large = 'a'.repeat(limits.characters / 4);
    const big = diskOf({
      ...Object.fromEntries(names.map((name) => [name, large])),
      'kustomization.yaml': kustomization,
      'stack.yaml': stack(port(80)),
    });
    expect(told(cr, big)).toEqual(['error']);
    expect(big.read.length).toBeLessThan(8);
  });

  test('in lines of which none holds what a terminal would obey', () => {
    const name = 'stack\u001b[31m.yaml';
    const disk = diskOf({ 'kustomization.yaml': `resources: [${JSON.stringify(name)}]\n`, [name]: stack(port(80)) });
    expect(told(cr, disk)).toEqual(['stack\\x1b[31m.yaml:9: error']);
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
  const files = { '/home/ci/app/team/stack.yaml': stack(port(80)), 'team/stack.yaml': stack(port(80)) };

  test("the file is the one in the item's package, its path as kpt has it", () => {
    const cr = [given(stack(port(80)), kpt('/home/ci/app/team', 'stack.yaml'))];
    expect(told(cr, diskOf(files))).toEqual(['stack.yaml:9: error']);
  });

  test('what another function changed before is not told with a line', () => {
    const cr = [given(stack(port(81)), kpt('/home/ci/app/team', 'stack.yaml'))];
    expect(told(cr, diskOf(files))).toEqual(['error (stack.yaml)']);
  });

  test('where kpt does not tell the package, as in fn eval, its folder is not known', () => {
    const cr = [given(stack(port(80)), { 'internal.config.kubernetes.io/path': 'team/stack.yaml' })];
    expect(told(cr, diskOf(files))).toEqual(['error (team/stack.yaml)']);
  });

  test('of two objects with one name nothing tells which is meant', () => {
    const two = ['a', 'b'].map((name) => given(stack(port(80)), kpt(`/home/ci/${name}`, 'stack.yaml')));
    const disk = diskOf({ '/home/ci/a/stack.yaml': stack(port(80)), '/home/ci/b/stack.yaml': stack(port(80)) });
    expect(told(two, disk).filter((line) => /:\d+: /.test(line))).toEqual([]);
  });
});
