import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readProviders } from './providers.ts';

function read(yaml: string) {
  const report = new Report();
  const providers = readProviders(parse(yaml) as Json, Path.root.field('spec').field('providers'), report);
  const results = report.results.map(({ severity, message, field }) => ({ severity, message, ...field }));
  return { providers, results };
}

describe('both spellings', () => {
  test('one object and a list of one are the same but for the path', () => {
    const [object] = read('inference: {provider: vllm}').providers;
    const [item] = read('inference: [{provider: vllm}]').providers;
    expect({ ...object, at: object?.at.toString() }).toEqual({ ...item, at: 'spec.providers.inference' });
    expect(item?.at.toString()).toBe('spec.providers.inference[0]');
    expect(item?.alone).toBe(true);
  });
  test.each([
    ['vectorIo', 'vector_io'],
    ['vector_io', 'vector_io'],
    ['toolRuntime', 'tool_runtime'],
    ['datasetio', 'datasetio'],
    ['postTraining', 'post_training'],
    ['agents', 'agents'],
  ])('the API %s is the %s of the server', (written, api) => {
    const { providers, results } = read(`${written}: {provider: x}`);
    expect(results).toEqual([]);
    expect(providers[0]?.api).toBe(api);
  });
  test('one API under both spellings is an error', () => {
    expect(read('{vectorIo: {provider: a}, vector_io: {provider: b, id: c}}').results).toMatchObject([
      { path: 'spec.providers.vector_io' },
    ]);
  });
  test.each([
    ['vector-io', 'vectorIo'],
    ['VectorIo', 'vectorIo'],
    ['', undefined],
  ])('the key "%s" is no API', (written, proposedValue) => {
    const { results } = read(`"${written}": {provider: x}`);
    expect(results).toHaveLength(1);
    expect(results[0]?.proposedValue).toBe(proposedValue);
  });
  test.each(['{name: s, key: k}', '{secretKeyRef: {name: s, key: k}}'])(
    'the secret reference %s is read',
    (reference) => {
      const { providers, results } = read(
        `inference: {provider: x, apiKey: ${reference}, secretRefs: {a_b: ${reference}}}`,
      );
      expect(results).toEqual([]);
      expect(providers[0]).toMatchObject({
        apiKey: { name: 's', key: 'k' },
        secretRefs: { a_b: { name: 's', key: 'k' } },
      });
    },
  );
});

describe('what counts as secretRefs', () => {
  test('a further key that is a secret reference', () => {
    const { providers, results } = read('inference: {provider: x, host: {secretKeyRef: {name: s, key: k}}}');
    expect(results).toEqual([]);
    expect(providers[0]?.secretRefs).toMatchObject({ host: { name: 's', key: 'k' } });
    expect(providers[0]?.secretRefs.host?.at.toString()).toBe('spec.providers.inference.host');
  });
  test('a further key like any other where it is called __proto__', () => {
    const { providers, results } = read('inference: {provider: x, __proto__: {secretKeyRef: {name: s, key: k}}}');
    expect(results).toEqual([]);
    expect(Object.keys(providers[0]?.secretRefs ?? {})).toEqual(['__proto__']);
  });
  test('a top-level setting that is exactly one, with an info', () => {
    const { providers, results } = read(
      'inference: {provider: x, settings: {a: {secretKeyRef: {name: s, key: k}}, b: 1}}',
    );
    expect(results).toMatchObject([{ severity: 'info', path: 'spec.providers.inference.settings.a' }]);
    expect(providers[0]?.secretRefs).toMatchObject({ a: { name: 's', key: 'k' } });
    expect(providers[0]?.settings).toEqual({ b: 1 });
  });
  test.each([
    '{a: {b: {secretKeyRef: {name: s, key: k}}}}',
    '{a: {secretKeyRef: {name: s, key: k}, more: 1}}',
    '{a: {secretKeyRef: {name: s, key: k, optional: true}}}',
    '{a: {secretKeyRef: s}}',
    '{a: [{secretKeyRef: {name: s, key: k}}], "__proto__": 1}',
  ])('no other setting: %s passes untouched', (settings) => {
    const { providers, results } = read(`inference: {provider: x, settings: ${settings}}`);
    expect(results).toEqual([]);
    expect(Object.entries(providers[0]?.settings ?? {})).toEqual(Object.entries(parse(settings) as object));
    expect(providers[0]?.secretRefs).toEqual({});
  });
  test('one field from two places is an error', () => {
    const reference = '{secretKeyRef: {name: s, key: k}}';
    expect(read(`inference: {provider: x, a: ${reference}, secretRefs: {a: ${reference}}}`).results).toMatchObject([
      {
        severity: 'error',
        path: 'spec.providers.inference.a',
        message: expect.stringContaining('secretRefs.a') as string,
      },
    ]);
  });
});

describe('faults of a provider', () => {
  test.each([
    ['{}', '.provider', undefined],
    ['{provider: 5}', '.provider', '5'],
    ['{provider: "vllm "}', '.provider', 'vllm'],
    ['{provider: "remote:vllm"}', '.provider', undefined],
    ['{provider: x, id: "my id"}', '.id', 'my-id'],
    ['{provider: x, id: ""}', '.id', undefined],
    ['{provider: x, endpoint: "http//vllm:8000"}', '.endpoint', undefined],
    ['{provider: x, endpoint: "http:/vllm"}', '.endpoint', undefined],
    ['{provider: x, endpoint: "http://"}', '.endpoint', undefined],
    ['{provider: x, endpoint: "http://vllm:99999"}', '.endpoint', undefined],
    ['{provider: x, endpoint: " http://vllm"}', '.endpoint', 'http://vllm'],
    ['{provider: x, url: "http://vllm"}', '.url', 'endpoint'],
    ['{provider: x, api_key: s}', '.api_key', 'apiKey'],
    ['{provider: x, provider_type: y}', '.provider_type', 'provider'],
    ['{provider: x, config: {}}', '.config', 'settings'],
    ['{provider: x, host: {name: s, key: k}}', '.host', undefined],
    ['{provider: x, apiKey: {name: s}}', '.apiKey.key', undefined],
    ['{provider: x, apiKey: {secretKeyRef: {key: k}}}', '.apiKey.secretKeyRef.name', undefined],
    ['{provider: x, apiKey: {name: s, key: k, optional: true}}', '.apiKey.optional', undefined],
    ['{provider: x, settings: 5}', '.settings', undefined],
  ])('%s', (provider, path, proposedValue) => {
    const { results } = read(`inference: ${provider}`);
    expect(results).toMatchObject([{ severity: 'error', path: `spec.providers.inference${path}` }]);
    expect(results[0]?.proposedValue).toBe(proposedValue);
  });
  test('an API key that is written out is an error with the YAML to write', () => {
    expect(read('inference: {provider: x, apiKey: abc}').results[0]?.message).toContain(
      'write `apiKey: {secretKeyRef: {name: <Secret>, key: <key>}}`',
    );
  });
  test('credentials in an endpoint are a warning', () => {
    expect(read('inference: {provider: x, endpoint: "https://u:p@h/v1"}').results).toMatchObject([
      { severity: 'warning' },
    ]);
  });
  test.each([
    'http://vllm:8000',
    'https://[::1]:8000/v1?x=y',
    'pgvector:5432',
    '10.0.0.1',
    '${env.VLLM_URL}',
    '${env.URL:=http://vllm:8000/v1}',
    'http://${env.HOST}:80/v1',
  ])('the endpoint %s is read', (endpoint) => {
    expect(read(`inference: {provider: x, endpoint: "${endpoint}"}`).results).toEqual([]);
  });
  test.each(['[]', '5', 'null', '[null]'])('%s in place of providers is an error', (value) => {
    expect(read(`inference: ${value}`).results).toHaveLength(1);
  });
});

describe('ids', () => {
  test('each of several providers of an API needs one, and free ones are proposed', () => {
    const { results } = read('{inference: [{provider: remote::vllm}, {provider: vllm}, {provider: vllm, id: a}]}');
    expect(results).toMatchObject([
      { path: 'spec.providers.inference[0].id', proposedValue: 'vllm' },
      { path: 'spec.providers.inference[1].id', proposedValue: 'vllm-inference' },
    ]);
  });
  test.each([
    ['written twice', '{inference: {provider: a, id: x}, vectorIo: {provider: b, id: x}}', 'x-vector-io'],
    ['defaulted twice', '{inference: {provider: remote::x}, vectorIo: {provider: inline::x}}', 'x-vector-io'],
    ['written and defaulted', '{inference: {provider: a, id: x}, vectorIo: [{provider: x}]}', 'x-vector-io'],
    [
      'whose proposal is taken',
      '{inference: {provider: a, id: x}, files: {provider: c, id: x-vector-io}, vectorIo: {provider: x}}',
      'x-vector-io-2',
    ],
  ])('%s over the APIs are an error with both paths', (_, yaml, proposedValue) => {
    const { results } = read(yaml);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      path: expect.stringMatching(/^spec\.providers\.vectorIo(\[0\])?\.id$/) as string,
      proposedValue,
    });
    expect(results[0]?.message).toMatch(/`spec\.providers\.inference` and `spec\.providers\.vectorIo(\[0\])?`/);
  });
  test('that give one environment variable are an error', () => {
    const { results } = read('{inference: [{provider: a, id: vllm-1}, {provider: a, id: vllm_1}]}');
    expect(results).toMatchObject([{ path: 'spec.providers.inference[1].id', proposedValue: 'vllm_1-inference' }]);
    expect(results[0]?.message).toContain('LLSD_VLLM_1_');
  });
  test('that differ in letters are none', () => {
    expect(read('{inference: [{provider: a, id: x}, {provider: a, id: y}], safety: {provider: a}}').results).toEqual(
      [],
    );
  });
});
