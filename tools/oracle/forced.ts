import type { JsonObject } from '../../src/krm/result.ts';

/** Config entries by API, as config.yaml has them. */
type Providers = Readonly<Record<string, readonly JsonObject[]>>;

/** A fault that we refuse, put into a config that the server takes, past our check. */
export interface Forced {
  /** What our error about it says. */
  readonly says: RegExp;
  /** What the server says of it, so that it fails for no other reason. */
  readonly fails: RegExp;
  readonly releases: readonly string[];
  readonly edit: (config: Readonly<Record<string, JsonObject>>) => JsonObject;
}

function withProviders(config: Readonly<Record<string, JsonObject>>, more: Providers): JsonObject {
  const providers: Record<string, readonly JsonObject[]> = { ...(config.providers as unknown as Providers) };
  for (const [api, entries] of Object.entries(more)) providers[api] = [...(providers[api] ?? []), ...entries];
  return { ...config, providers: providers };
}

function withModel(config: Readonly<Record<string, JsonObject>>, entry: JsonObject, model: string): JsonObject {
  const resources = config.registered_resources ?? {};
  const models = [...((resources.models ?? []) as readonly JsonObject[]), { model_id: model, provider_id: 'probe' }];
  return { ...withProviders(config, { inference: [entry] }), registered_resources: { ...resources, models } };
}

/** Where nothing answers. */
const nowhere = 'http://127.0.0.1:9';

const provider = (type: string, config: JsonObject = {}) => ({ provider_id: 'probe', provider_type: type, config });

/** A sample of the errors whose reason is the server: each must really keep it from starting. */
export const forced: readonly Forced[] = [
  {
    says: /has no provider type/,
    fails: /no-such-type/,
    releases: ['0.3.5', '0.7.1', '0.8.0'],
    edit: (config) => withProviders(config, { inference: [provider('remote::no-such-type')] }),
  },
  {
    says: /does not start without/,
    fails: /url/i,
    releases: ['0.5.2', '0.7.1'],
    edit: (config) => withProviders(config, { inference: [provider('remote::vllm')] }),
  },
  {
    says: /must be an integer for the provider type/,
    fails: /max_tokens/,
    releases: ['0.6.1', '0.7.1'],
    edit: (config) =>
      withProviders(config, { inference: [provider('remote::vllm', { base_url: nowhere, max_tokens: 'many' })] }),
  },
  {
    says: /Disabling this leaves no provider that can run/,
    fails: /files/,
    releases: ['0.4.5', '0.7.1'],
    edit: (config) => {
      const { files, ...rest } = config.providers ?? {};
      return files === undefined ? config : { ...config, providers: rest };
    },
  },
  {
    says: /refers to the variable [A-Z_]+, and the server does not start without it/,
    fails: /NOT_SET/,
    releases: ['0.3.5', '0.8.0'],
    edit: (config) => withProviders(config, { inference: [provider('remote::openai', { api_key: '${env.NOT_SET}' })] }),
  },
  {
    says: /registers a model only where its provider lists it/,
    fails: /not available from provider/,
    releases: ['0.4.5', '0.5.2'],
    edit: (config) => withModel(config, provider('remote::openai', { base_url: nowhere }), 'gpt-5'),
  },
  {
    says: /of an IVFFlat index must be less than its `lists`/,
    fails: /probes parameter/,
    releases: ['0.5.2', '0.8.0'],
    edit: (config) =>
      withProviders(config, {
        vector_io: [
          provider('remote::pgvector', {
            vector_index: { type: 'IVFFlat', lists: 4, probes: 4 },
            persistence: { backend: 'kv_default', namespace: 'vector_io::pgvector' },
          }),
        ],
      }),
  },
  {
    says: /forwards the header "Cookie" for nobody/,
    fails: /'Cookie' is blocked/,
    releases: ['0.7.1', '0.8.0'],
    edit: (config) =>
      withProviders(config, {
        inference: [provider('remote::passthrough', { base_url: nowhere, forward_headers: { session: 'Cookie' } })],
      }),
  },
  {
    says: /needs "access_token" beside it/,
    fails: /project requires access_token/,
    releases: ['0.8.0'],
    edit: (config) =>
      withProviders(config, { inference: [provider('remote::gemini', { project: 'p', api_key: 'k' })] }),
  },
];
