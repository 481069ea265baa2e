import { describe, expect, test } from 'vitest';
import { Path, Report, type Json } from '../krm/result.ts';
import { readRenderOptions, type OptionSource } from './render-options.ts';

const source = (value: Json | undefined, form: OptionSource['form'] = 'object'): OptionSource => ({
  value,
  form,
  at: Path.root.field(form === 'data' ? 'data' : 'spec'),
});

function read(...sources: OptionSource[]) {
  const report = new Report();
  const options = readRenderOptions(sources, report);
  return { options, results: report.results.map(({ severity, message, field }) => ({ severity, message, ...field })) };
}

const defaults = {
  platform: 'kubernetes',
  imageOverrides: {},
  registryMirrors: {},
  ingressAnnotations: {},
  ingressNamespaces: [],
  providerMerge: 'Replace',
  missingReferences: 'Info',
  podSecurity: 'restricted',
  networkPolicy: 'On',
};

test.each([[[]], [[source(undefined)]], [[source({})]], [[source({}, 'data')]]])(
  'without an option all have their defaults',
  (sources) => {
    expect(read(...sources)).toEqual({ options: defaults, results: [] });
  },
);

test('a later source wins, by key for objects, as a whole for lists', () => {
  const { options, results } = read(
    source({
      platform: 'openshift',
      imageOverrides: { starter: 'a', other: 'b' },
      ingressNamespaces: ['a', 'b'],
      ingressDomain: 'a.b',
    }),
    source({ 'imageOverrides.starter': 'c', ingressNamespaces: 'd' }, 'data'),
    source({ platform: 'kubernetes' }),
  );
  expect(results).toEqual([]);
  expect(options).toEqual({
    ...defaults,
    imageOverrides: { starter: 'c', other: 'b' },
    ingressNamespaces: ['d'],
    ingressDomain: 'a.b',
  });
});

describe('data of a ConfigMap', () => {
  test.each<[Json, object]>([
    [{ 'registryMirrors.docker.io': 'mirror.example.com' }, { registryMirrors: { 'docker.io': 'mirror.example.com' } }],
    [
      { registryMirrors: { 'docker.io': 'm' }, 'registryMirrors.quay.io': 'n' },
      { registryMirrors: { 'docker.io': 'm', 'quay.io': 'n' } },
    ],
    [
      { 'registryMirrors.quay.io': 'n', registryMirrors: { 'docker.io': 'm' } },
      { registryMirrors: { 'docker.io': 'm', 'quay.io': 'n' } },
    ],
    [{ 'ingressAnnotations.a.b/c': true }, { ingressAnnotations: { 'a.b/c': 'true' } }],
    [{ ingressAnnotations: { x: 5 } }, { ingressAnnotations: { x: '5' } }],
    [{ ingressNamespaces: 'a, b,' }, { ingressNamespaces: ['a', 'b'] }],
    [{ ingressNamespaces: ['a', 'b'] }, { ingressNamespaces: ['a', 'b'] }],
    [{ networkPolicy: 'Off' }, { networkPolicy: 'Off' }],
    [{ ingressDomain: 1.5 }, { ingressDomain: '1.5' }],
  ])('%j', (data, expected) => {
    const { options, results } = read(source(data, 'data'));
    expect(results).toEqual([]);
    expect(options).toMatchObject(expected);
  });
  test.each([
    ['imageOverride.starter', 'data.imageOverride', 'imageOverrides'],
    ['ingresDomain', 'data.ingresDomain', 'ingressDomain'],
    ['imageOverrides.starter', 'data.imageOverrides.starter', undefined],
    ['__proto__', 'data.__proto__', undefined],
    ['__proto__.x', 'data.__proto__', undefined],
  ])('an error of %s', (key, path, proposedValue) => {
    const data = Object.fromEntries([[key, 'A b']]);
    const { results } = read(source(data, 'data'));
    expect(results).toMatchObject([{ path }]);
    expect(results[0]?.proposedValue).toBe(proposedValue);
  });
});

test.each([
  [true, 'On'],
  [false, 'Off'],
])('networkPolicy, which YAML 1.1 reads as %s, is %s', (value, networkPolicy) => {
  expect(read(source({ networkPolicy: value }))).toMatchObject({ options: { networkPolicy }, results: [] });
});

test.each<[Json, string, Json | undefined]>([
  [{ platfrom: 'openshift' }, 'spec.platfrom', 'platform'],
  [{ platform: 'OpenShift' }, 'spec.platform', 'openshift'],
  [{ podSecurity: 'privileged' }, 'spec.podSecurity', undefined],
  [{ networkPolicy: 'off' }, 'spec.networkPolicy', 'Off'],
  [{ imageOverrides: { starter: 'a b' } }, 'spec.imageOverrides.starter', undefined],
  [{ registryMirrors: { 'https://docker.io': 'a' } }, 'spec.registryMirrors["https://docker.io"]', undefined],
  [{ registryMirrors: { 'docker.io': 'https://a' } }, 'spec.registryMirrors["docker.io"]', undefined],
  [{ ingressNamespaces: 'a' }, 'spec.ingressNamespaces', ['a']],
  [{ ingressAnnotations: { a: true } }, 'spec.ingressAnnotations.a', 'true'],
  [{ ingressDomain: 'https://x' }, 'spec.ingressDomain', undefined],
  ['openshift', 'spec', undefined],
  [null, 'spec', undefined],
])('%j is an error', (value, path, proposedValue) => {
  const { results } = read(source(value));
  expect(results).toMatchObject([{ severity: 'error', path }]);
  expect(results[0]?.proposedValue).toEqual(proposedValue);
});

test('a source with a report of its own is reported there', () => {
  const own = new Report({ apiVersion: 'v1', kind: 'ConfigMap', name: 'options' });
  const { results } = read({ ...source({ x: 1 }), report: own });
  expect(results).toEqual([]);
  expect(own.results).toMatchObject([{ resourceRef: { kind: 'ConfigMap' }, field: { path: 'spec.x' } }]);
});
