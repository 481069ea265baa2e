import { describe, expect, test } from 'vitest';
import { diskOf, given, indented, inKustomize, origin, patch, port, stack, told } from './lines.fixture.ts';

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

  test('a patch of an object with the same name in another namespace is not', () => {
    const files = { 'kustomization.yaml': kustomization('patches: [{path: p.yaml}]\n') };
    const ofTeam = patch(port(80)).replace('spec:', '  namespace: team\nspec:');
    expect(at({ ...files, 'p.yaml': ofTeam })).toEqual(['error']);
    const two = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'resources: [stack.yaml]\n',
      'a/stack.yaml': stack(port(8321)),
      'b/kustomization.yaml': 'resources: [other.yaml]\npatches: [{path: ../p.yaml}]\n',
      'b/other.yaml': stack(port(8321)),
      'p.yaml': patch(port(80)),
    };
    const fromA = [given(stack(port(80)), origin('a/stack.yaml'))];
    expect(told(fromA, diskOf(two))).toEqual(['error (a/stack.yaml)']);
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
