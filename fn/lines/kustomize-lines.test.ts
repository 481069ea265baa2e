import { describe, expect, test } from 'vitest';
import { diskOf, generator, given, indented, inKustomize, origin, port, stack, told } from './lines.fixture.ts';

describe('under kustomize', () => {
  test('a CR among the resources is told with file and line, as by llsd render', () => {
    const disk = diskOf({ 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': stack(port(80)) });
    expect(told(inKustomize(), disk)).toEqual(['stack.yaml:9: error']);
  });

  test('the line is one of the file, whichever document of it the CR is', () => {
    const other = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n';
    const text = `# ours\n---\n${other}---\n${stack(port(80))}---\n${other}`;
    const disk = diskOf({ 'kustomization.yaml': 'resources: [stack.yaml]\n', 'stack.yaml': text });
    expect(text.split('\n')[15]).toBe('    port: 80');
    expect(told(inKustomize(), disk)).toEqual(['stack.yaml:16: error']);
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
      'other.yaml': [
        stack(port(80)).replace('name: my-stack', 'name: b-a-my-stack'),
        stack(port(80)).replace('v1alpha2', 'v1alpha1'),
        stack(port(80)).replace('Distribution\n', 'DistributionPlan\n'),
      ].join('---\n'),
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
