import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Report, type JsonObject } from '../krm/result.ts';
import { readStack } from './stack.ts';

const quickstart = `
apiVersion: llamastack.ai/v1alpha2
kind: LlamaStackDistribution
metadata:
  name: my-stack
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

function read(yaml: string) {
  const report = new Report();
  const stack = readStack(parse(yaml) as JsonObject, report);
  const errors = report.results.map(({ severity, message, field }) => ({ severity, message, ...field }));
  return { stack, errors, paths: errors.map(({ path }) => path) };
}

const cr = (spec: string, metadata = '{name: a}') =>
  `{apiVersion: llamastack.io/v1alpha2, kind: LlamaStackDistribution, metadata: ${metadata}, spec: ${spec}}`;

test('a short CR is read without a result, its defaults filled', () => {
  const { stack, errors } = read(quickstart);
  expect(errors).toEqual([]);
  expect(stack).toMatchObject({
    name: 'my-stack',
    distribution: { name: 'starter' },
    providers: [
      {
        api: 'inference',
        provider: 'vllm',
        endpoint: 'http://vllm:8000',
        apiKey: { name: 'vllm-creds', key: 'token' },
        alone: true,
      },
    ],
    resources: { models: [{ name: 'llama3.2-8b', metadata: {} }] },
    storage: { sql: { type: 'postgres', connectionString: { secret: { name: 'pg-creds', key: 'url' } } } },
    networking: { port: 8321, allowedFrom: { namespaces: [], labels: [] } },
    workload: { replicas: 1, overrides: { env: [] } },
  });
  expect(stack?.storage).not.toHaveProperty('kv');
});

describe('apiVersion', () => {
  test.each(['llamastack.io/v1alpha2', 'llamastack.ai/v1alpha2'])('%s is read', (apiVersion) => {
    expect(read(quickstart.replace('llamastack.ai/v1alpha2', apiVersion)).errors).toEqual([]);
  });
  test.each([
    [
      'llamastack.io/v1alpha1',
      /fields .* are those of v1alpha2.*must be "llamastack.io\/v1alpha2"/,
      'llamastack.io/v1alpha2',
    ],
    ['llamastack.ai/v1', /must be "llamastack.io\/v1alpha2" or "llamastack.ai\/v1alpha2"/, 'llamastack.ai/v1alpha2'],
    ['example.com/v1alpha2', /must be/, 'llamastack.io/v1alpha2'],
    ['llamastack.io/v1alpha2/x', /must be/, 'llamastack.io/v1alpha2'],
    ['5', /is required and must be/, 'llamastack.io/v1alpha2'],
  ])('%s is an error that proposes a version that is read', (apiVersion, message, proposedValue) => {
    const { stack, errors } = read(quickstart.replace('llamastack.ai/v1alpha2', apiVersion));
    expect(stack).toBeUndefined();
    expect(errors).toMatchObject([
      { path: 'apiVersion', message: expect.stringMatching(message) as string, proposedValue },
    ]);
  });
});

describe('what every CR must have', () => {
  test.each([
    ['no metadata', 'spec: {distribution: {name: starter}}', ['metadata']],
    ['no name', '{metadata: {}, spec: {distribution: {name: starter}}}', ['metadata.name']],
    ['no spec', 'metadata: {name: a}', ['spec']],
    ['spec: null', '{metadata: {name: a}, spec: null}', ['spec']],
    ['a list as spec', '{metadata: {name: a}, spec: []}', ['spec']],
    ['no distribution', '{metadata: {name: a}, spec: {}}', ['spec.distribution']],
    ['distribution: null', '{metadata: {name: a}, spec: {distribution: null}}', ['spec.distribution']],
    ['nothing', '{}', ['metadata', 'spec']],
  ])('%s is one error for each part that misses', (_, yaml, expected) => {
    const object = { apiVersion: 'llamastack.io/v1alpha2', ...(parse(yaml) as JsonObject) };
    expect(read(JSON.stringify(object)).paths).toEqual(expected);
  });
});

describe('metadata', () => {
  test.each([
    ['My_Stack!', 'my-stack'],
    ['a'.repeat(49), 'a'.repeat(48)],
    ['1up', 's-1up'],
    ['a.b', 'a-b'],
    ['-', undefined],
  ])('the name %s is an error, and the nearest DNS-1035 label of 48 characters is proposed', (name, proposedValue) => {
    const { errors } = read(cr('{distribution: {name: starter}}', JSON.stringify({ name })));
    expect(errors).toEqual([expect.objectContaining({ path: 'metadata.name', currentValue: name })]);
    expect(errors[0]?.proposedValue).toBe(proposedValue);
  });
  test('a name of 48 characters is read', () => {
    expect(read(cr('{distribution: {name: starter}}', `{name: ${'a'.repeat(48)}}`)).errors).toEqual([]);
  });
  test.each([
    ['{name: a, namespce: b}', 'metadata.namespce', 'namespace'],
    ['{name: a, namespace: My_NS}', 'metadata.namespace', 'my-ns'],
    ['{name: a, annotations: {x: true}}', 'metadata.annotations.x', 'true'],
  ])('%s is an error with the mend', (metadata, path, proposedValue) => {
    expect(read(cr('{distribution: {name: starter}}', metadata)).errors).toMatchObject([{ path, proposedValue }]);
  });
});

describe('unknown fields', () => {
  test.each([
    ['{distribution: {name: a}, networkin: {}}', 'spec.networkin', 'networking'],
    ['{distribution: {name: a}, replicas: 2}', 'spec.replicas', 'workload.replicas'],
    ['{distribution: {nam: a}}', 'spec.distribution.nam', 'name'],
    ['{distribution: {name: a}, "__proto__": {}}', 'spec.__proto__', undefined],
    ['{distribution: {name: a}, constructor: 1}', 'spec.constructor', undefined],
    [
      '{distribution: {name: a}, workload: {overrides: {"__proto__": {}}}}',
      'spec.workload.overrides.__proto__',
      undefined,
    ],
  ])('%s is an error with a did-you-mean', (spec, path, proposedValue) => {
    const found = read(cr(spec)).errors.find((error) => error.path === path);
    expect(found?.message).toMatch(
      proposedValue === undefined ? /The fields there are/ : `Did you mean \`${proposedValue}\`?`,
    );
    expect(found?.proposedValue).toBe(proposedValue);
  });
  test('a key beside spec is one too', () => {
    expect(read(`{${cr('{distribution: {name: a}}').slice(1, -1)}, stauts: {}}`).errors).toMatchObject([
      { path: 'stauts', proposedValue: 'status' },
    ]);
  });
});

describe('overrideConfig', () => {
  test.each(['providers', 'resources', 'storage'])('excludes %s', (section) => {
    expect(
      read(cr(`{distribution: {name: a}, overrideConfig: {configMapName: c}, ${section}: {}}`)).errors,
    ).toMatchObject([{ path: `spec.${section}`, message: expect.stringContaining('`spec.overrideConfig`') as string }]);
  });
  test('excludes disabled', () => {
    expect(read(cr('{distribution: {name: a}, overrideConfig: {configMapName: c}, disabled: []}')).paths).toEqual([
      'spec.disabled',
    ]);
  });
  test('stands beside networking and workload', () => {
    const { stack, errors } = read(
      cr('{distribution: {name: a}, overrideConfig: {configMapName: c}, networking: {}, workload: {}}'),
    );
    expect(errors).toEqual([]);
    expect(stack?.overrideConfig).toMatchObject({ configMapName: 'c' });
  });
});

test.each([
  ['{vectorIo: {provider: faiss}}', 'vector_io', 'spec.providers.vectorIo'],
  ['{vector_io: [{provider: faiss}]}', 'vectorIo', 'spec.providers.vector_io[0]'],
])('a disabled API that has providers is an error with both paths: %s', (providers, disabled, providerPath) => {
  const { errors } = read(cr(`{distribution: {name: a}, providers: ${providers}, disabled: [safety, ${disabled}]}`));
  expect(errors).toMatchObject([{ path: 'spec.disabled[1]', currentValue: disabled }]);
  expect(errors[0]?.message).toContain('`spec.disabled[1]`');
  expect(errors[0]?.message).toContain(`\`${providerPath}\``);
});

test('no value that may be a secret stands in a result', () => {
  const mark = 'S3CRET';
  const { errors } = read(
    cr(`{distribution: {name: a}, providers: {
      inference: {provider: vllm, apiKey: ${mark}, token: ${mark}, endpoint: "http://u:${mark}@h h", settings: ${mark}},
      safety: {provider: x, secretRefs: {a: ${mark}, b: {name: n, key: "${mark} ${mark}"}}, host: {secretKeyRef: ${mark}}},
      files: {provider: x, id: y, apiKey: {secretKeyRef: {name: ${mark}, key: k}}, settings: [${mark}]}},
      storage: {kv: {type: redis, endpoint: "${mark} x", password: [${mark}]}, sql: "postgres://u:${mark}@h"},
      externalProviders: {inference: [{providerId: a, image: b, config: ${mark}}]},
      workload: {overrides: {env: [{name: A, value: [${mark}]}, ${mark}, {name: B, valu: ${mark}}], command: [{a: ${mark}}], args: ${mark}}}}`),
  );
  expect(errors.length).toBeGreaterThan(15);
  expect(JSON.stringify(errors)).not.toContain(mark);
});
