import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { emitYaml } from '../krm/emitter.ts';
import type { Json, JsonObject } from '../krm/result.ts';
import { run } from '../run.ts';

interface Rendered {
  /** Severity, field and message of every result. */
  readonly results: readonly string[];
  readonly config: Readonly<Record<string, Json>>;
}

interface List {
  readonly items: readonly { readonly kind: string; readonly data: Readonly<Record<string, string>> }[];
  readonly results: readonly {
    readonly severity: string;
    readonly message: string;
    readonly field?: { readonly path: string };
  }[];
}

/** Renders a CR for a release of starter, or with `stated` undefined for what `spec.distribution` says. */
function render(stated: string | undefined, spec: JsonObject): Rendered {
  const annotations = stated === undefined ? {} : { 'llamastack.io/distribution': stated };
  const cr = {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'one', annotations },
    spec: { distribution: { name: stated?.split('@')[0] ?? '' }, ...spec },
  };
  const list = emitYaml({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [cr] });
  const { out } = run(list, { sha256hex: (text) => createHash('sha256').update(text).digest('hex') });
  const { items, results } = parse(out) as List;
  const text = items.find(({ kind }) => kind === 'ConfigMap')?.data['config.yaml'];
  return {
    results: results.map(({ severity, field, message }) => `${severity} ${field?.path ?? ''}: ${message}`),
    config: (text === undefined ? {} : parse(text)) as Rendered['config'],
  };
}

const secret = { secretKeyRef: { name: 's', key: 'k' } };
const variable = (name: string) => ({ workload: { overrides: { env: [{ name, value: 'x' }] } } });

describe('an MCP server', () => {
  const spec = {
    providers: { toolRuntime: { id: 'files', provider: 'model-context-protocol', endpoint: 'http://mcp:8000/sse' } },
  };

  it.each(['0.3.5', '0.4.5', '0.5.2', '0.6.1'])('is a tool group of its provider at %s', (release) => {
    const { config } = render(`starter@${release}`, spec);
    expect(config.connectors).toBeUndefined();
    expect((config.registered_resources as JsonObject).tool_groups).toContainEqual({
      toolgroup_id: 'mcp::files',
      provider_id: 'files',
      mcp_endpoint: { uri: 'http://mcp:8000/sse' },
    });
  });

  it.each(['0.7.1', '0.8.0'])('is a connector at %s', (release) => {
    const { config } = render(`starter@${release}`, spec);
    expect(config.connectors).toEqual([{ connector_id: 'files', url: 'http://mcp:8000/sse' }]);
    expect((config.registered_resources as JsonObject).tool_groups).toBeUndefined();
  });
});

describe('what must be reachable for the server to start', () => {
  const vllm = { provider: 'vllm', endpoint: 'http://vllm:8000' };
  const models = { resources: { models: ['m'] } };
  const starts = (release: string, inference: JsonObject) =>
    render(`starter@${release}`, { providers: { inference }, ...models }).results.some((result) =>
      result.includes('starts only while it can reach'),
    );

  it('is a vLLM with a model and without a key, until 0.5', () => {
    expect([starts('0.3.5', vllm), starts('0.5.2', vllm), starts('0.6.1', vllm)]).toEqual([true, true, false]);
    expect([starts('0.3.5', { ...vllm, apiKey: secret }), starts('0.5.2', { ...vllm, apiKey: secret })]).toEqual([
      false,
      false,
    ]);
  });

  it('is no provider of its own process', () => {
    expect(starts('0.5.2', { provider: 'sentence-transformers' })).toBe(false);
  });
});

describe('what a release lacks is an error that says so', () => {
  it.each([
    ['starter@0.3.5', { provider: 'fireworks', apiKey: secret, endpoint: 'https://f.example' }, /takes no endpoint/],
    ['starter@0.3.5', { provider: 'nvidia' }, /does not start without "api_key"/],
    ['starter@0.3.5', { provider: 'passthrough', endpoint: 'http://p:1' }, /cannot load .*lacks a method/],
    ['starter@0.6.1', { provider: 'tgi', endpoint: 'http://tgi:80' }, /cannot load/],
    ['starter@0.5.2', { provider: 'vertexai', settings: { project: 'p' }, apiKey: secret }, /takes no API key/],
  ])('%s: %j', (stated, inference, message) => {
    expect(render(stated, { providers: { inference } }).results[0]).toMatch(message);
  });

  it('an NVIDIA server of its own needs no key at 0.3.5', () => {
    const { results } = render('starter@0.3.5', {
      providers: { inference: { provider: 'nvidia', endpoint: 'http://nim:8000/v1' } },
    });
    expect(results.filter((result) => !result.startsWith('info'))).toEqual([]);
  });

  it('a model that bedrock does not know at 0.3.5', () => {
    const bedrock = (model: string) =>
      render('starter@0.3.5', {
        providers: { inference: { provider: 'bedrock' } },
        resources: { models: [{ name: 'm', providerModelId: model }] },
      }).results.filter((result) => result.startsWith('error'));
    expect(bedrock('amazon.titan')[0]).toMatch(
      /^error spec.resources.models\[0\].providerModelId: .* takes only the models meta/,
    );
    expect(bedrock('meta.llama3-1-8b-instruct-v1:0')).toEqual([]);
  });

  it('a distribution that was last in an older release', () => {
    expect(render('starter-gpu@0.7.1', {}).results[0]).toMatch(/^error .*No base config is known.* last in 0.6/);
  });
});

describe("a base config's conditions", () => {
  it('may not turn on a type that the release cannot load', () => {
    expect(render('starter@0.5.2', variable('TGI_URL')).results).toContainEqual(
      expect.stringMatching(/^error spec.workload.overrides.env\[0\]: .* turns on .*"tgi"/),
    );
    expect(render('starter@0.5.2', variable('VLLM_URL')).results.join()).not.toMatch(/^error/);
  });

  const image = { distribution: { image: 'registry.redhat.io/rhoai/odh-llama-stack-core-rhel9:v3.3' } };

  it("may not leave a registered model without its provider: Red Hat's embedding model", () => {
    const env = (...names: string[]) => ({
      ...image,
      workload: { overrides: { env: names.map((name) => ({ name, value: 'http://v:1' })) } },
    });
    const { results } = render(undefined, env('INFERENCE_MODEL', 'VLLM_URL'));
    expect(results[0]).toMatch(/^error .*"granite-embedding-125m-english".* only when VLLM_EMBEDDING_URL is set/);
    const { results: complete } = render(undefined, env('INFERENCE_MODEL', 'VLLM_URL', 'VLLM_EMBEDDING_URL'));
    expect(complete.filter((result) => result.startsWith('error'))).toEqual([]);
  });

  it("go with the providers that the CR replaces, and what the vendor's modules bring stays", () => {
    const { results, config } = render(undefined, {
      ...image,
      providers: { inference: { provider: 'vllm', endpoint: 'http://vllm:8000' } },
    });
    expect(results.filter((result) => result.startsWith('error'))).toEqual([]);
    expect(JSON.stringify(config)).toContain('"module":"llama_stack_provider_lmeval==0.4.2"');
    expect(config.image_name).toBe('rh');
  });
});
