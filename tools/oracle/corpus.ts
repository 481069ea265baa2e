import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/krm/result.ts';
import type { ProviderType, Release } from '../../src/releases/index.ts';
import { settingsOf } from './settings.ts';

/** Types that call a model by OpenAI's protocol at the URL that they are given, so that a stand-in can answer. */
const answered = [
  'remote::vllm',
  'remote::llama-openai-compat',
  'remote::llama-cpp-server',
  'remote::runpod',
  'remote::groq',
];

/** Values of a resource by their names in the CR. */
type Draw<T> = fc.Arbitrary<T>;

/** A provider of a generated CR, with what its resources need to know of it. */
interface GeneratedProvider {
  readonly api: string;
  readonly id: string;
  readonly type: ProviderType;
  readonly cr: JsonObject;
}

/** Evenly spread, which fast-check's own numbers are not. */
const percent = fc.noBias(fc.nat({ max: 99 }));

const secretRef = (key: string): Draw<JsonObject> => {
  const reference = { name: 'creds', key };
  return fc.constantFrom({ secretKeyRef: reference }, reference);
};

/** A valid LlamaStackDistribution for the starter of a release; `serial` tells its ids apart. */
export function validCr(release: Release): Draw<JsonObject> {
  return fc
    .record({
      providers: providersOf(release),
      storage: storage(),
      networking: networking(),
      workload: workload(),
      overlay: fc.boolean(),
    })
    .chain(({ providers, overlay, ...rest }) =>
      fc
        .record({
          resources: resourcesOf(release, providers),
          disabled: disabledOf(release, providers),
          camel: fc.boolean(),
          lists: fc.boolean(),
        })
        .map(({ resources, disabled, camel, lists }) => ({
          apiVersion: 'llamastack.io/v1alpha2',
          kind: 'LlamaStackDistribution',
          metadata: {
            name: 'corpus',
            annotations: { ...(overlay && { 'fn.llamastack.io/options': 'providerMerge: Overlay' }) },
          },
          spec: {
            // An image of one's own, which has the packages of every type.
            distribution: { image: `registry.example/distribution-starter:${release.version}` },
            ...nonEmpty({
              providers: written(providers, camel, lists),
              resources,
              storage: rest.storage,
              networking: rest.networking,
              workload: rest.workload,
            }),
            ...(disabled.length > 0 && { disabled: disabled.map((api) => spelt(api, camel)) }),
          },
        })),
    );
}

/** Parts without content are left out. */
function nonEmpty(parts: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => Object.keys(value).length > 0));
}

function spelt(api: string, camel: boolean): string {
  return camel ? api.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : api;
}

function written(providers: readonly GeneratedProvider[], camel: boolean, lists: boolean): JsonObject {
  const byApi = new Map<string, JsonObject[]>();
  for (const { api, cr } of providers) byApi.set(api, [...(byApi.get(api) ?? []), cr]);
  return Object.fromEntries(
    [...byApi].map(([api, entries]) => [spelt(api, camel), entries.length > 1 || lists ? entries : (entries[0] ?? {})]),
  );
}

function canStart({ unloadable, reachesAtStart }: ProviderType): boolean {
  return unloadable === undefined && reachesAtStart !== 'always';
}

function providersOf(release: Release): Draw<readonly GeneratedProvider[]> {
  const perApi = Object.entries(release.providers).map(([api, types]) => {
    const usable = Object.values(types).filter((type) => canStart(type) && !neverStarts(type.type, api, release));
    const some = fc.subarray(usable, { minLength: Math.min(1, usable.length), maxLength: Math.min(3, usable.length) });
    const wanted = api === 'inference' ? 0.85 : ['safety', 'vector_io', 'tool_runtime'].includes(api) ? 0.4 : 0.15;
    const chosen = percent.chain((chance) => (chance < wanted * 100 ? some : fc.constant<never[]>([])));
    return chosen.chain((list) =>
      fc.tuple(...list.map((type, index) => provider(api, type, index, list.length === 1, release))),
    );
  });
  return fc.tuple(...perApi).map((lists) => lists.flat());
}

/** Types that no config makes start on this machine. */
function neverStarts(type: string, api: string, release: Release): boolean {
  // 0.3.5: its adapter misses a method of its own class.
  if (
    release.minor === '0.3' &&
    ((api === 'inference' && type === 'remote::passthrough') || (api === 'safety' && type === 'remote::sambanova'))
  )
    return true;
  // Needs real torch and transformers, or docling.
  return ['inline::meta-reference', 'inline::docling'].includes(type) && ['inference', 'file_processors'].includes(api)
    ? true
    : api === 'post_training' && type.startsWith('inline::');
}

function provider(
  api: string,
  type: ProviderType,
  index: number,
  alone: boolean,
  release: Release,
): Draw<GeneratedProvider> {
  const short = type.type.split('::').slice(1).join('::');
  const isPreferred = type.type.startsWith('remote::') || release.providers[api]?.[`remote::${short}`] === undefined;
  const plainId = type.type.split('::').at(-1) ?? '';
  // The server takes one scoring provider of a type, which so takes the place of the base config's.
  const id = api === 'scoring' ? plainId : `${api.replaceAll('_', '-')}-${String(index)}`;
  // Ids are unique across all APIs: a type's own name is one only where one API alone has it.
  const ownApis = Object.values(release.providers).filter((types) =>
    Object.keys(types).some((name) => name.endsWith(`::${plainId}`)),
  );
  const mayOmitId = alone && ownApis.length === 1;
  const missing = type.required.filter((field) => !Object.hasOwn(type.defaults, field));
  return fc
    .record({
      name: isPreferred && !short.includes('::') ? fc.constantFrom(type.type, short) : fc.constant(type.type),
      omitId: mayOmitId ? fc.boolean() : fc.constant(false),
      endpoint: endpointOf(type, `${id}.example`),
      apiKey: apiKeyOf(type, id),
      ...settingsOf(type, missing),
    })
    .map(({ name, omitId, endpoint, apiKey, settings, secretRefs }) => ({
      api,
      id: omitId ? plainId : id,
      type,
      cr: {
        ...(!omitId && { id }),
        provider: name,
        ...(endpoint !== undefined && { endpoint }),
        ...(apiKey !== undefined && { apiKey }),
        ...nonEmpty({ settings, secretRefs }),
      },
    }));
}

function endpointOf({ endpoint, type }: ProviderType, host: string): Draw<string | undefined> {
  if (endpoint === undefined) return fc.constant(undefined);
  const urls = fc
    .tuple(fc.constantFrom('http', 'https'), fc.constantFrom('', '/v1', '/v1/'))
    .map(([scheme, path]) => `${scheme}://${host}:8000${path}`);
  const given =
    endpoint.form === 'host-port'
      ? fc.constantFrom(host, `${host}:5432`)
      : endpoint.form === 'connector'
        ? fc.constant(`http://${host}:8080/sse`)
        : endpoint.path !== undefined && 'none' in endpoint.path
          ? fc.constant(`http://${host}:8000`)
          : urls;
  return endpoint.required === true || answered.includes(type) ? given : fc.option(given, { nil: undefined });
}

function apiKeyOf(type: ProviderType, id: string): Draw<JsonObject | undefined> {
  const { credential } = type;
  if (credential === undefined) return fc.constant(undefined);
  const isRequired = type.required.includes(credential) && !Object.hasOwn(type.defaults, credential);
  return isRequired ? secretRef(id) : fc.option(secretRef(id), { nil: undefined });
}

/** Models, tools and shields that the providers, or those of the base config, can serve. */
function resourcesOf(release: Release, providers: readonly GeneratedProvider[]): Draw<JsonObject> {
  return fc
    .record({
      models: models(release, providers),
      tools: tools(release, providers),
      shields: shields(release, providers),
    })
    .map(
      (resources) =>
        Object.fromEntries(
          Object.entries(resources).filter(([, entries]) => entries.length > 0),
        ) as unknown as JsonObject,
    );
}

function models(release: Release, providers: readonly GeneratedProvider[]): Draw<readonly Json[]> {
  const serving = providers.filter(
    ({ api, type, cr }) =>
      api === 'inference' &&
      type.type.startsWith('remote::') &&
      type.reachesAtStart === undefined &&
      // 0.3.5: it takes a fixed list only.
      type.type !== 'remote::bedrock' &&
      (!release.checksModelsAtStart || (answered.includes(type.type) && cr.endpoint !== undefined)),
  );
  if (serving.length === 0) return fc.constant<never[]>([]);
  const one = (number: number) =>
    fc
      .record({
        server: fc.constantFrom(...serving),
        kind: fc.constantFrom('llm', 'llm', 'embedding', ...release.modelTypes.filter((type) => type === 'rerank')),
        short: fc.boolean(),
        contextLength: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
        providerModelId: fc.option(fc.constantFrom(`meta/llama-${number}`, `Llama ${number}`.replace(' ', ':')), {
          nil: undefined,
        }),
        quantization: fc.option(fc.constantFrom('fp8', 'int4'), { nil: undefined }),
        metadata: fc.dictionary(
          fc.constantFrom('owner', 'note', 'rank'),
          fc.oneof(fc.string(), fc.integer(), fc.boolean()),
        ),
        explicitType: fc.boolean(),
      })
      .map(({ server, kind, short, contextLength, providerModelId, quantization, metadata, explicitType }): Json => {
        const serves = server.type.serves ?? ['llm', 'embedding', 'rerank'];
        const modelType = serves.includes(kind) ? kind : (serves[0] ?? 'llm');
        const name = `model-${number}`;
        if (short && modelType === 'llm' && serving[0] === server) return name;
        return {
          name,
          provider: server.id,
          ...((explicitType || modelType !== 'llm') && { modelType }),
          ...(contextLength !== undefined && { contextLength }),
          ...(providerModelId !== undefined && { providerModelId }),
          ...(quantization !== undefined && { quantization }),
          metadata: { ...plain(metadata), ...(modelType === 'embedding' && { embedding_dimension: 384 }) },
        };
      });
  return fc
    .integer({ min: 0, max: 4 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => one(index))));
}

/** Texts that the server would substitute or expand are another rule's business. */
function plain(metadata: Readonly<Record<string, string | number | boolean>>): JsonObject {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace(/\$\{|^~/g, '') : value,
    ]),
  );
}

function tools(release: Release, providers: readonly GeneratedProvider[]): Draw<readonly string[]> {
  const own = providers.filter(({ api }) => api === 'tool_runtime');
  const names = Object.entries(release.tools)
    .filter(([, { types }]) => own.length === 0 || types.some((name) => own.some(({ type }) => type.type === name)))
    // Without the CR's providers only those of the starter's own are there.
    .filter(([, { types }]) => own.length > 0 || types.some((name) => /search|rag-runtime|tavily|brave/.test(name)));
  const byGroup = new Map(names.map(([name, { toolGroup }]) => [toolGroup, name]));
  return fc.subarray([...byGroup.values()]);
}

function shields(release: Release, providers: readonly GeneratedProvider[]): Draw<readonly Json[]> {
  const own = providers.filter(({ api, type }) => api === 'safety' && type.reachesAtStart === undefined);
  if (own.length === 0 || release.providers.safety === undefined) return fc.constant<never[]>([]);
  const one = (number: number) =>
    fc
      .record({ server: fc.constantFrom(...own) })
      .map(({ server }): Json => ({ name: `shield-${number}`, provider: server.id }));
  return fc
    .integer({ min: 0, max: 2 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => one(index))));
}

function storage(): Draw<JsonObject> {
  const password = fc.constantFrom<Json>(
    { secretKeyRef: { name: 'db', key: 'password' } },
    { name: 'db', key: 'password' },
  );
  const fields = fc.record(
    {
      host: fc.constant('db.example'),
      database: fc.constant('llama'),
      user: fc.constant('app'),
      password,
      port: fc.constantFrom<Json>(5432, '5433'),
    },
    { requiredKeys: ['host', 'user', 'database'] },
  );
  const whole = fc.constant<JsonObject>({ connectionString: { secretKeyRef: { name: 'db', key: 'url' } } });
  const postgres = fc.oneof(whole, fields).map((given): JsonObject => ({ type: 'postgres', ...given }));
  const redis = fc.record(
    {
      type: fc.constant('redis'),
      endpoint: fc.constantFrom('redis.example:6379', 'redis://redis.example:6379/3', 'redis.example'),
      password,
    },
    { requiredKeys: ['type', 'endpoint'] },
  );
  const sqlite = fc.constantFrom<JsonObject>({ type: 'sqlite' }, {});
  const kv = fc.oneof({ weight: 4, arbitrary: sqlite }, { weight: 1, arbitrary: redis });
  const sql = fc.oneof({ weight: 4, arbitrary: sqlite }, { weight: 1, arbitrary: postgres });
  const both = postgres.map((given) => ({ kv: given, sql: given }));
  return fc.oneof(
    { weight: 9, arbitrary: fc.record({ kv, sql }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: both },
  );
}

function networking(): Draw<JsonObject> {
  return fc
    .record(
      {
        port: fc.integer({ min: 1024, max: 65_535 }),
        expose: fc.constantFrom<Json>(true, false, {}, { hostname: 'llama.example' }),
        allowedFrom: fc.record({ namespaces: fc.constantFrom(['apps'], ['*'], ['a', 'b']) }),
      },
      { requiredKeys: [] },
    )
    .map((given) => JSON.parse(JSON.stringify(given)) as JsonObject)
    .map(({ expose, ...rest }) =>
      expose === true || JSON.stringify(expose) === '{}' ? rest : { ...rest, ...(expose !== undefined && { expose }) },
    );
}

function workload(): Draw<JsonObject> {
  return fc.record(
    {
      replicas: fc.integer({ min: 0, max: 3 }),
      storage: fc.constantFrom<Json>({}, { size: '20Gi' }, { mountPath: '/data/llama' }),
      resources: fc.constant<Json>({ requests: { cpu: '500m' } }),
      overrides: fc.constant<Json>({ env: [{ name: 'TEAM', value: 'a $(HOME) b' }] }),
    },
    { requiredKeys: [] },
  );
}

/** APIs that neither a provider nor a resource of the CR needs; what else must go with them, the program's error says. */
function disabledOf(release: Release, providers: readonly GeneratedProvider[]): Draw<readonly string[]> {
  const used = new Set(providers.flatMap(({ api, type }) => [api, ...type.requires]));
  const free = release.apis.filter(
    (api) =>
      Object.hasOwn(release.providers, api) && !used.has(api) && !['inference', 'safety', 'tool_runtime'].includes(api),
  );
  return percent.chain((chance) =>
    chance < 25 ? fc.subarray(free, { maxLength: Math.min(2, free.length) }) : fc.constant<never[]>([]),
  );
}
