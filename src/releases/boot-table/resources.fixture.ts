import { at, providersOf, registered, textOf, vllm, type Booted, type Row } from './row.fixture.ts';

const models = (
  ...entries: readonly (string | Record<string, string | number | Record<string, string | number>>)[]
) => ({ models: entries });
const inference = { inference: vllm };

function withoutProvider(kind: string): (booted: Booted) => boolean {
  return ({ config }) => registered(config, kind).some(({ provider_id }) => !provider_id);
}

function onUnknownProvider(kind: string, api: string): (booted: Booted) => boolean {
  return ({ config }) => {
    const ids = providersOf(config, api).map(({ provider_id }) =>
      textOf(provider_id).replace(/^\$\{env\.\w+:\+(.*)\}$/, '$1'),
    );
    return registered(config, kind).some(
      ({ provider_id }) => provider_id !== 'all' && !ids.includes(textOf(provider_id)),
    );
  };
}

/** A model of `vector_stores` whose provider is not there. */
function lostModel(...path: readonly string[]): (booted: Booted) => boolean {
  return ({ config }) => {
    const id = at(config, 'vector_stores', ...path, 'provider_id');
    return id !== undefined && !providersOf(config, 'inference').some(({ provider_id }) => provider_id === id);
  };
}

/** Rows about `registered_resources` and the defaults that refer to them. */
export const resourceRows: readonly Row[] = [
  {
    row: 'model without provider_id',
    spec: { providers: inference, resources: models('m') },
    reached: withoutProvider('models'),
  },
  {
    row: 'model with unknown provider',
    spec: { providers: inference, resources: models({ name: 'm', provider: 'zzz' }) },
    error: /has the id "zzz"/,
  },
  {
    row: 'provider_id=all',
    spec: { providers: inference, resources: models({ name: 'm', provider: 'all' }) },
    error: /has the id "all"/,
  },
  {
    row: 'model_type bogus',
    spec: { providers: inference, resources: models({ name: 'm', modelType: 'bogus' }) },
    error: /`modelType` must be "llm"/,
  },
  {
    row: 'model_type rerank',
    spec: { providers: inference, resources: models({ name: 'm', modelType: 'rerank' }) },
    reached: ({ config, release }) =>
      !release.modelTypes.includes('rerank') && JSON.stringify(config).includes('rerank'),
    error: /has no model type "rerank"|serves models of type "rerank"/,
  },
  {
    row: 'embedding without dimension',
    spec: { providers: inference, resources: models({ name: 'e', modelType: 'embedding' }) },
    error: /embedding_dimension/,
  },
  {
    row: 'model_type inside metadata',
    spec: {
      providers: inference,
      resources: models({ name: 'e', metadata: { model_type: 'embedding', embedding_dimension: 3 } }),
    },
    error: /write it as `modelType`/,
  },
  {
    row: 'duplicate model',
    spec: ({ modelIdentifier }) => ({
      providers: inference,
      resources: models(
        ...(modelIdentifier === 'model_id'
          ? [{ name: 'm', metadata: { a: 1 } }, { name: 'm' }]
          : [
              { name: 'a', providerModelId: 'm', metadata: { a: 1 } },
              { name: 'b', providerModelId: 'm' },
            ]),
      ),
    }),
    error: /calls this model "vllm\/m"|twice|more than once/,
  },
  {
    row: 'model_id with provider prefix',
    spec: { providers: inference, resources: models('vllm/llama') },
    told: ({ modelIdentifier }) =>
      modelIdentifier === 'provider_model_id' ? /"vllm\/vllm\/llama", with the provider's id twice/ : undefined,
  },
  {
    row: 'shield w/o provider_shield_id',
    spec: {
      providers: { ...inference, safety: { provider: 'llama-guard' } },
      resources: { ...models('llama-guard3'), shields: ['llama-guard'] },
    },
    reached: ({ config }) =>
      registered(config, 'shields').some((shield) => shield.shield_id === 'llama-guard' && !shield.provider_shield_id),
  },
  {
    row: 'shield unknown provider',
    spec: { providers: inference, resources: { shields: [{ name: 's', provider: 'zzz' }] } },
    error: /No safety provider has the id "zzz"/,
  },
  {
    row: 'shield w/o provider_id',
    spec: { providers: inference, resources: { ...models('llama-guard3'), shields: ['content'] } },
    reached: withoutProvider('shields'),
  },
  {
    row: 'safety default_shield_id, safety api dropped',
    spec: (release) => ({
      providers: inference,
      disabled: ['safety', ...(release.minor === '0.3' ? ['agents', 'eval'] : [])],
    }),
    reached: ({ config }) => config.safety !== undefined,
  },
  {
    row: 'safety default_shield_id mismatched',
    spec: { providers: inference, resources: { ...models('llama-guard3'), shields: ['content'] } },
    reached: ({ config }) => {
      const shield = at(config, 'safety', 'default_shield_id');
      return shield !== undefined && !registered(config, 'shields').some(({ shield_id }) => shield_id === shield);
    },
  },
  {
    row: 'safety default_shield_id, no shields',
    spec: { providers: { ...inference, safety: { id: 'guard', provider: 'llama-guard' } } },
    reached: ({ config }) =>
      at(config, 'safety', 'default_shield_id') !== undefined && registered(config, 'shields').length === 0,
  },
  {
    row: 'toolgroup w/o provider_id',
    spec: { providers: { toolRuntime: { provider: 'brave-search' } }, resources: { tools: ['websearch'] } },
    reached: withoutProvider('tool_groups'),
  },
  {
    row: 'toolgroup unknown provider',
    spec: { providers: { toolRuntime: { provider: 'brave-search' } } },
    reached: onUnknownProvider('tool_groups', 'tool_runtime'),
  },
  {
    row: 'toolgroup builtin::websearch',
    spec: { providers: { toolRuntime: { provider: 'tavily-search' } }, resources: { tools: ['websearch'] } },
    reached: ({ config, release }) =>
      release.toolGroups === 'registered'
        ? !registered(config, 'tool_groups').some(({ toolgroup_id }) => toolgroup_id === 'builtin::websearch')
        : registered(config, 'tool_groups').length > 0,
  },
  {
    row: 'vs: default_embedding_model missing provider',
    spec: { providers: inference, resources: models('m') },
    reached: (booted) => lostModel('default_embedding_model')(booted) || lostModel('default_reranker_model')(booted),
  },
  {
    row: 'vs: default_embedding_model vllm/emb',
    spec: {
      providers: inference,
      resources: models({ name: 'emb', modelType: 'embedding', metadata: { embedding_dimension: 3 } }),
    },
    reached: ({ config }) => at(config, 'vector_stores', 'default_embedding_model', 'model_id') !== 'emb',
  },
  {
    row: 'vs: default_provider_id unknown',
    spec: { providers: { vectorIo: { provider: 'qdrant', endpoint: 'http://qdrant:6333' } } },
    reached: ({ config }) => {
      const id = at(config, 'vector_stores', 'default_provider_id');
      return id !== undefined && !providersOf(config, 'vector_io').some(({ provider_id }) => provider_id === id);
    },
  },
];
