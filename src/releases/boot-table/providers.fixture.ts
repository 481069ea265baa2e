import type { JsonObject } from '../../krm/result.ts';
import { at, configOf, providersOf, typesIn, vllm, type Booted, type Row } from './row.fixture.ts';

const qdrant = { provider: 'qdrant', endpoint: 'http://qdrant:6333' };
const withoutKey = { provider: 'vllm', endpoint: 'http://vllm:8000' };

function lacks(api: string, type: string, ...path: readonly string[]): (booted: Booted) => boolean {
  return ({ config }) => {
    const own = configOf(config, api, type);
    return own !== undefined && (at(own, ...path) ?? null) === null;
  };
}

function everyEntry({ config }: Booted) {
  return Object.keys(config.providers as JsonObject).flatMap((api) => providersOf(config, api));
}

/** Rows about single providers and their config. */
export const providerRows: readonly Row[] = [
  {
    row: 'vllm-unreachable-no-token',
    spec: { providers: { inference: withoutKey }, resources: { models: ['m'] } },
    told: ({ checksModelsAtStart }) =>
      checksModelsAtStart ? /starts only while it can reach the provider "vllm" at "http:\/\/vllm:8000"/ : undefined,
  },
  {
    row: 'vllm-url-wrong-key',
    spec: { providers: { inference: { provider: 'vllm', settings: { url: 'http://vllm:8000/v1' } } } },
    reached: (booted) =>
      lacks('inference', 'remote::vllm', booted.release.minor === '0.3' ? 'url' : 'base_url')(booted),
  },
  {
    row: 'vllm-api_key-instead-of-api_token',
    spec: { providers: { inference: { ...withoutKey, secretRefs: { api_key: { name: 'vllm', key: 'token' } } } } },
    reached: lacks('inference', 'remote::vllm', 'api_token'),
  },
  {
    row: 'unknown provider_type',
    spec: { providers: { inference: { provider: 'nope' } } },
    error: /has no provider type "nope"/,
  },
  {
    row: 'provider_type without prefix',
    spec: { providers: { inference: vllm, vectorIo: qdrant, safety: { provider: 'llama-guard' } } },
    reached: ({ config }) => typesIn(config).some((type) => !/ (remote|inline)::/.test(type)),
  },
  {
    row: 'provider_id empty string',
    spec: { providers: { inference: { ...vllm, id: '' } } },
    error: /must be letters, digits/,
  },
  {
    row: 'provider_id null',
    spec: { providers: { inference: { ...vllm, id: null } } },
    error: /`id` must be letters, digits/,
  },
  {
    row: 'provider_id missing',
    spec: { providers: { inference: vllm } },
    reached: (booted) => everyEntry(booted).some(({ provider_id }) => provider_id === undefined),
  },
  {
    row: 'duplicate provider_id same api',
    spec: {
      providers: {
        inference: [
          { ...vllm, id: 'a' },
          { ...vllm, id: 'a' },
        ],
      },
    },
    error: /`spec.providers.inference\[0\]/,
  },
  {
    row: 'provider config null',
    spec: { providers: { inference: { ...vllm, settings: null } } },
    error: /`settings` must be an object/,
  },
  {
    row: 'providers.X null',
    spec: { providers: { inference: vllm, safety: null } },
    error: /`safety` must be an object with `provider`/,
  },
  {
    row: 'providers.X single object (not list)',
    spec: { providers: { inference: vllm } },
    reached: ({ config }) => Object.values(config.providers as JsonObject).some((entries) => !Array.isArray(entries)),
  },
  {
    row: 'provider persistence refs unknown backend',
    spec: {
      providers: {
        inference: vllm,
        vectorIo: { ...qdrant, settings: { persistence: { backend: 'nope', namespace: 'n' } } },
      },
    },
    error: /"nope" is no backend of `storage`/,
  },
  {
    row: 'files localfs config {}',
    spec: { providers: { files: { provider: 'localfs' } } },
    reached: lacks('files', 'inline::localfs', 'storage_dir'),
  },
  {
    row: 'agents/responses config {}',
    spec: ({ providers }) => ({
      providers: providers.agents ? { agents: { provider: 'meta-reference' } } : { responses: { provider: 'builtin' } },
    }),
    reached: (booted) =>
      ['agents', 'responses'].some((api) =>
        providersOf(booted.config, api).some((entry) => !at(entry.config, 'persistence', 'responses')),
      ),
  },
  {
    row: 'responses omit persistence.responses.table_name',
    spec: ({ providers }) => {
      const settings = {
        persistence: { agent_state: { backend: 'kv_default', namespace: 'a' }, responses: { backend: 'sql_default' } },
      };
      return {
        providers: providers.agents
          ? { agents: { provider: 'meta-reference', settings } }
          : { responses: { provider: 'builtin', settings } },
      };
    },
    reached: ({ config, release }) =>
      ['0.3', '0.4'].includes(release.minor) &&
      providersOf(config, 'agents').some((entry) => !at(entry.config, 'persistence', 'responses', 'table_name')),
    error: /must have the field "table_name"/,
  },
  {
    row: 'pgvector no config',
    spec: { providers: { vectorIo: { provider: 'pgvector' } } },
    reached: lacks('vector_io', 'remote::pgvector', 'persistence'),
    told: () => /starts only while it can reach the provider "pgvector"/,
  },
  {
    row: 'pgvector unreachable with persistence',
    spec: { providers: { vectorIo: { provider: 'pgvector', endpoint: 'pgvector:5432' } } },
    told: () => /starts only while it can reach the provider "pgvector" at "pgvector:5432"/,
  },
  {
    row: 'azure no base_url',
    spec: { providers: { inference: { provider: 'azure', apiKey: { name: 'azure', key: 'key' } } } },
    reached: (booted) => booted.release.minor === '0.3' && lacks('inference', 'remote::azure', 'api_base')(booted),
    error: /does not start without "(api_base|base_url)"/,
  },
  {
    row: 'elasticsearch no persistence',
    spec: {
      providers: {
        vectorIo: { provider: 'elasticsearch', endpoint: 'http://es:9200', apiKey: { name: 'es', key: 'key' } },
      },
    },
    reached: lacks('vector_io', 'remote::elasticsearch', 'persistence'),
    error: /has no provider type "elasticsearch".*release 0.8.0 has it/,
  },
  {
    row: 'weaviate no persistence',
    spec: { providers: { vectorIo: { provider: 'weaviate', endpoint: 'http://weaviate:8080' } } },
    reached: lacks('vector_io', 'remote::weaviate', 'persistence'),
  },
  {
    row: 'qdrant no persistence',
    spec: { providers: { vectorIo: qdrant } },
    reached: lacks('vector_io', 'remote::qdrant', 'persistence'),
  },
  {
    row: 'milvus uri only',
    spec: { providers: { vectorIo: { provider: 'milvus', endpoint: 'http://milvus:19530' } } },
    reached: ({ config }) => !Object.hasOwn(configOf(config, 'vector_io', 'remote::milvus') ?? {}, 'token'),
    told: () => /starts only while it can reach the provider "milvus"/,
  },
  {
    row: 'safety passthrough extra field',
    spec: { providers: { safety: { provider: 'passthrough', endpoint: 'http://guard:8000', settings: { bogus: 1 } } } },
    error: /has no (provider type "passthrough"|field "bogus" .* the server would refuse it)/,
  },
  {
    row: 'vertexai no project',
    spec: { providers: { inference: { provider: 'vertexai' } } },
    error: /does not start without "project"/,
  },
  {
    row: 'base_url invalid',
    spec: { providers: { inference: { ...vllm, endpoint: 'ftp://vllm' } } },
    error: /`endpoint` must be|must be a URL/,
  },
  {
    row: 'network.tls.verify path missing',
    spec: { providers: { inference: { ...vllm, settings: { network: { tls: { verify: '/nonexistent.crt' } } } } } },
    error: /`verify` must be the path of a file|has no field "network"/,
  },
  {
    row: 'mcp tool_runtime + toolgroup mcp',
    spec: {
      providers: {
        inference: vllm,
        toolRuntime: { provider: 'model-context-protocol', endpoint: 'http://mcp:8000/sse' },
      },
    },
    reached: ({ config, release }) =>
      release.connectors && release.toolGroups === 'automatic'
        ? !Array.isArray(config.connectors)
        : at(config, 'registered_resources', 'tool_groups') === undefined,
  },
];
