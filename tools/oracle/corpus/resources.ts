import fc from 'fast-check';
import { isMapping, type Json, type JsonObject } from '../../../src/krm/result.ts';
import type { BaseConfig, ProviderType, Release } from '../../../src/releases/index.ts';
import { maybe, present, sometimes, type Draw } from './draw.ts';
import { answered, isKeyless, type GeneratedProvider } from './providers.ts';

/** A provider that a resource can be registered on. */
interface Serving {
  readonly id: string;
  readonly type: ProviderType;
}

/** Models, tools and shields that the providers, or those of the base config, can serve. */
export function resourcesOf(
  release: Release,
  base: BaseConfig,
  providers: readonly GeneratedProvider[],
): Draw<JsonObject> {
  return models(release, base, providers)
    .chain((chosen) => {
      const llms = chosen.flatMap((model) => (typeof model === 'string' ? [model] : llmName(model)));
      return fc.record({
        models: fc.constant(chosen),
        tools: tools(release, base, providers),
        shields: shields(release, base, providers, llms),
      });
    })
    .map(present);
}

function llmName(model: Json): readonly string[] {
  const { name, modelType = 'llm' } = model as JsonObject;
  return modelType === 'llm' && typeof name === 'string' ? [name] : [];
}

/** The CR's providers of an API, or the base config's that are there whatever the environment. */
function candidates(
  api: string,
  release: Release,
  base: BaseConfig,
  providers: readonly GeneratedProvider[],
): readonly Serving[] {
  const own = providers.flatMap(({ api: theirs, id, type }) => (theirs === api && type ? [{ id, type }] : []));
  const steady = (base.providers[api] ?? []).filter(({ provider_id }) => !provider_id.includes('${'));
  const fromBase = steady.flatMap(({ provider_id, provider_type }) => {
    const type = release.providers[api]?.[provider_type];
    return type ? [{ id: provider_id, type }] : [];
  });
  return own.length > 0 ? own : fromBase;
}

/** Whether a model can be registered while nothing but a stand-in answers. */
function takesModels({ id, type }: Serving, release: Release, providers: readonly GeneratedProvider[]): boolean {
  if (type.reachesAtStart !== undefined) return false;
  if (!release.checksModelsAtStart || type.skipsModelCheck === 'always') return true;
  const cr = providers.find((provider) => provider.api === 'inference' && provider.id === id)?.cr;
  return answered.includes(type.type) && cr?.endpoint !== undefined && (isKeyless(type) || cr.apiKey !== undefined);
}

function models(release: Release, base: BaseConfig, providers: readonly GeneratedProvider[]): Draw<readonly Json[]> {
  const all = candidates('inference', release, base, providers);
  const serving = all.filter((one) => one.type.type.startsWith('remote::') && takesModels(one, release, providers));
  if (serving.length === 0) return fc.constant<never[]>([]);
  const first = providers.find(({ api }) => api === 'inference');
  return fc
    .integer({ min: 0, max: 4 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => oneModel(index, serving, first?.id, release))),
    )
    .map(withoutDoubled);
}

function oneModel(
  number: number,
  serving: readonly Serving[],
  first: string | undefined,
  release: Release,
): Draw<Json> {
  const reranks = release.modelTypes.filter((type) => type === 'rerank');
  return fc
    .record({
      server: fc.constantFrom(...serving),
      kind: fc.constantFrom('llm', 'llm', 'embedding', ...reranks),
      short: fc.boolean(),
      stem: fc.constantFrom('model', 'org/model', 'Llama-Guard-3', 'model:8b'),
      contextLength: maybe(50, fc.integer({ min: 1, max: 1_000_000 })),
      providerModelId: maybe(50, fc.constantFrom(`meta/llama-${number}`, `Llama:${number}`)),
      quantization: maybe(30, fc.constantFrom('fp8', 'int4')),
      metadata: metadata(),
      explicitType: fc.boolean(),
    })
    .map(({ server, kind, short, stem, providerModelId, metadata: own, explicitType, ...rest }): Json => {
      const { serves = ['llm', 'embedding', 'rerank'], modelIds } = server.type;
      const modelType = serves.includes(kind) ? kind : (serves[0] ?? 'llm');
      const name = `${stem}-${number}`;
      if (short && modelType === 'llm' && server.id === first && modelIds === undefined) return name;
      return present({
        name,
        provider: server.id,
        modelType: explicitType || modelType !== 'llm' ? modelType : undefined,
        providerModelId: modelIds === undefined ? providerModelId : modelIds[number % modelIds.length],
        ...rest,
        metadata: { ...own, ...(modelType === 'embedding' && { embedding_dimension: 384 }) },
      });
    });
}

/** Two that the provider knows by one of its fixed names would be one model to the server. */
function withoutDoubled(all: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return all.filter((model) => {
    if (!isMapping(model) || model.providerModelId === undefined) return true;
    const key = JSON.stringify([model.provider, model.providerModelId]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Texts that the server would substitute or expand are another rule's business. */
function metadata(): Draw<JsonObject> {
  const text = fc.string().map((value) => value.replace(/\$\{|^~/g, ''));
  return fc.dictionary(fc.constantFrom('owner', 'note', 'rank'), fc.oneof(text, fc.integer(), fc.boolean()));
}

function tools(release: Release, base: BaseConfig, providers: readonly GeneratedProvider[]): Draw<readonly string[]> {
  const types = candidates('tool_runtime', release, base, providers).map(({ type }) => type.type);
  const served = Object.entries(release.tools).filter(([, tool]) => tool.types.some((type) => types.includes(type)));
  const groups = [...new Set(served.map(([, { toolGroup }]) => toolGroup))];
  const named = groups.map((group) =>
    fc.constantFrom(...served.filter(([, { toolGroup }]) => toolGroup === group).map(([name]) => name)),
  );
  return sometimes<readonly string[], readonly string[]>(
    50,
    fc.subarray(named).chain((chosen) => fc.tuple(...chosen)),
    [],
  );
}

function shields(
  release: Release,
  base: BaseConfig,
  providers: readonly GeneratedProvider[],
  llms: readonly string[],
): Draw<readonly Json[]> {
  const serving = candidates('safety', release, base, providers).filter(
    ({ type }) => type.reachesAtStart === undefined,
  );
  if (serving.length === 0) return fc.constant<never[]>([]);
  const one = (number: number) =>
    fc.constantFrom(...serving).chain(({ id, type }) => {
      const judges = type.judgesWithModel === true ? llms : (type.shieldIds ?? []);
      return fc.record({
        name: fc.constant(`shield-${number}`),
        provider: fc.constant(id),
        model: judges.length > 0 ? maybe(70, fc.constantFrom(...judges)) : fc.constant(undefined),
      });
    });
  const some = fc
    .integer({ min: 1, max: 2 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => one(index).map(present))));
  return sometimes<readonly Json[], readonly Json[]>(50, some, []);
}
