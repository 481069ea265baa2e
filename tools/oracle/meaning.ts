import { isEqual } from '../../src/krm/json-value.ts';
import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import type { Provider } from '../../src/spec/providers.ts';
import type { Model, Shield } from '../../src/spec/resources.ts';
import type { Started } from './cluster.ts';
import type { Pod } from './pod.ts';
import { connectorsPath, firstUses, pathsOf } from './questions.ts';
import type { Boot } from './boot.ts';
import type { Loaded } from './server.ts';

interface ListedProvider {
  readonly api: string;
  readonly provider_id: string;
  readonly provider_type: string;
  readonly config: JsonObject;
}

interface ListedModel {
  readonly id: string;
  readonly type: string;
  readonly provider: string;
  readonly name: string;
  readonly metadata: JsonObject;
}

/** What a server that booted makes of its CR, in the words of one release. */
interface Answers {
  readonly pod: Pod;
  readonly started: Started;
  readonly boot: Boot;
  readonly loaded: Loaded;
}

/** Where the server means something else than the CR: each fault as a sentence, none when they agree. */
export function differences(answers: Answers): readonly string[] {
  return [
    ...providerDifferences(answers),
    ...modelDifferences(answers),
    ...shieldDifferences(answers),
    ...toolDifferences(answers),
    ...storageDifferences(answers),
    ...disabledDifferences(answers),
  ];
}

function listed(boot: Boot, path: string): readonly JsonObject[] {
  const [status, body] = boot.get[path] ?? [0, null];
  if (status !== 200 || !isMapping(body) || !Array.isArray(body.data))
    throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
  return body.data as readonly JsonObject[];
}

/** The server's name of an API of the CR. */
function apiOf(api: string, { release }: Pod): string {
  return release.renamedApis[api] ?? api;
}

/** The id that a provider has at the server. */
export function idOf({ id, provider = '' }: Provider): string {
  return id ?? provider.split('::').at(-1) ?? '';
}

function providerDifferences(answers: Answers): readonly string[] {
  const { pod, boot } = answers;
  const providers = listed(boot, '/v1/providers') as unknown as readonly ListedProvider[];
  return pod.stack.providers
    .filter(({ api }) => api !== 'telemetry')
    .flatMap((provider) => {
      const api = apiOf(provider.api, pod);
      const found = providers.find((entry) => entry.api === api && entry.provider_id === idOf(provider));
      if (found === undefined)
        return [`${provider.at.toString()}: the server lists no ${api} provider "${idOf(provider)}"`];
      return oneProviderDifferences(provider, found, answers);
    });
}

function oneProviderDifferences(provider: Provider, found: ListedProvider, answers: Answers): readonly string[] {
  const { started, loaded, pod } = answers;
  const at = (field: string) => `${provider.at.toString()}.${field}`;
  const wrong: string[] = [];
  const { provider: written = '', endpoint, settings } = provider;
  const renamed = pod.release.renamedTypes[found.api]?.[written];
  if (
    found.provider_type !== written &&
    !found.provider_type.endsWith(`::${written}`) &&
    found.provider_type !== renamed
  )
    wrong.push(`${at('provider')}: the server runs "${found.provider_type}"`);
  const path = pathsOf[found.api];
  if (path !== undefined && answers.boot.get[path]?.[0] === 404)
    wrong.push(`${at('provider')}: the server does not serve ${path}`);
  const connectors = connectorsPath(pod.release);
  if (endpoint !== undefined && !endpoint.includes('${env.')) {
    const places = [
      found.config,
      ...(connectors === undefined ? [] : listed(answers.boot, connectors)),
      ...mcpEndpoints(answers),
    ];
    if (!hasHost(places, endpoint, started))
      wrong.push(`${at('endpoint')}: nothing of the provider's config has this host`);
  }
  for (const [key, value] of Object.entries(settings)) {
    if (isSubstituted(value)) continue;
    const wanted = ledAll(value, started, found.api);
    const fits = Object.hasOwn(found.config, key)
      ? holds(found.config[key] ?? null, wanted)
      : Object.values(found.config).some((other) => isEqual(other, wanted) || isMasked(other));
    if (!fits) wrong.push(`${at(`settings.${key}`)}: the server has ${JSON.stringify(found.config[key])}`);
  }
  const made = loaded.config?.providers[found.api]?.find((entry) => entry.provider_id === found.provider_id);
  const values = Object.values(made?.config ?? {}).map(String);
  for (const reference of [...Object.values(provider.secretRefs), ...(provider.apiKey ? [provider.apiKey] : [])]) {
    const variables = pod.env.filter(
      ({ valueFrom }) =>
        valueFrom?.secretKeyRef?.name === reference.name && valueFrom.secretKeyRef.key === reference.key,
    );
    const secrets = variables.flatMap(({ name }) => started.ownEnv[name] ?? []);
    if (!secrets.some((secret) => values.some((value) => value === secret || value === `${secret}/`)))
      wrong.push(`${reference.at.toString()}: no field of the provider holds the Secret's value`);
  }
  return wrong;
}

/** The endpoints of MCP tool groups, where the release keeps them there. */
function mcpEndpoints({ boot, pod }: Answers): readonly JsonObject[] {
  const isServed = boot.get['/v1/toolgroups']?.[0] === 200;
  return pod.release.toolGroups === 'registered' && isServed ? listed(boot, '/v1/toolgroups') : [];
}

function hasHost(value: readonly JsonObject[], endpoint: string, started: Started): boolean {
  const host = endpoint.replace(/^[a-z+]+:\/\//, '').replace(/\/.*$/, '');
  const [name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host)?.slice(1) ?? [];
  const text = JSON.stringify(value);
  return (
    text.includes(started.lead(`http://${host}`)) ||
    text.includes(host) ||
    (text.includes(`"${name}"`) && (port === undefined || text.includes(port)))
  );
}

function ledAll(value: Json, started: Started, api: string): Json {
  if (api === 'vector_io') return value;
  return JSON.parse(JSON.stringify(value), (_, item: Json) =>
    typeof item === 'string' ? started.lead(item) : item,
  ) as Json;
}

/** Whether the server puts another text in the place of this one. */
function isSubstituted(value: Json): boolean {
  return /\$\{env\.|"~/.test(JSON.stringify(value));
}

/** Whether a value is the wanted one; with `providerMerge: Overlay` it may hold more of the base config's. */
function holds(value: Json, wanted: Json): boolean {
  if (!isMapping(value) || !isMapping(wanted)) return isMasked(value) || isEqual(value, wanted);
  return Object.entries(wanted).every(([key, item]) => holds(value[key] ?? null, item));
}

function isMasked(value: Json | undefined): boolean {
  return value === '********';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** The models that the server lists, in one shape for all releases. */
function models({ boot }: Answers): readonly ListedModel[] {
  return listed(boot, '/v1/models').map((entry) => {
    const old = entry.identifier !== undefined;
    const { model_type, provider_id, provider_resource_id, ...metadata } = (entry.custom_metadata ?? {}) as JsonObject;
    return {
      id: textOf(old ? entry.identifier : entry.id),
      type: textOf(old ? entry.model_type : model_type),
      provider: textOf(old ? entry.provider_id : provider_id),
      name: textOf(old ? entry.provider_resource_id : provider_resource_id),
      metadata: old ? (entry.metadata as JsonObject) : metadata,
    };
  });
}

/** The identifiers that the release may give to a model of the CR, by any of its providers. */
function isIdentifierOf(id: string, model: Model, { release }: Pod): boolean {
  const name = release.modelIdentifier === 'provider_model_id' ? (model.providerModelId ?? model.name) : model.name;
  return id === name || id.endsWith(`/${name}`);
}

/** What the server lists for a model of the CR. */
export function findModel(model: Model, answers: Answers): ListedModel | undefined {
  return models(answers).find(
    (entry) =>
      isIdentifierOf(entry.id, model, answers.pod) &&
      entry.name === (model.providerModelId ?? model.name) &&
      (model.provider === undefined || entry.provider === model.provider),
  );
}

function modelDifferences(answers: Answers): readonly string[] {
  return answers.pod.stack.resources.models.flatMap((model) => {
    const at = model.at.toString();
    const found = findModel(model, answers);
    if (found === undefined) return [`${at}: the server lists no model "${model.name}"`];
    const wanted: JsonObject = {
      ...model.metadata,
      ...(model.contextLength !== undefined && { context_length: model.contextLength }),
      ...(model.quantization !== undefined && { quantization: model.quantization }),
    };
    const lost = Object.entries(wanted).filter(
      ([key, value]) => !isSubstituted(value) && !isEqual(found.metadata[key], value),
    );
    return [
      ...(found.type === (model.modelType ?? 'llm') ? [] : [`${at}: the server has it as ${found.type}`]),
      ...lost.map(([key]) => `${at}: the server has ${JSON.stringify(found.metadata[key])} as "${key}"`),
    ];
  });
}

function shieldDifferences(answers: Answers): readonly string[] {
  const { pod, boot } = answers;
  const { shields, models: own } = pod.stack.resources;
  if (shields.length === 0) return [];
  const entries = listed(boot, '/v1/shields');
  return shields.flatMap((shield: Shield) => {
    const found = entries.find((entry) => entry.identifier === shield.name);
    if (found === undefined) return [`${shield.at.toString()}: the server lists no shield "${shield.name}"`];
    const wrong: string[] = [];
    if (shield.provider !== undefined && found.provider_id !== shield.provider)
      wrong.push(`${shield.at.toString()}: the server runs it on "${textOf(found.provider_id)}"`);
    const judge = own.find(({ name }) => name === shield.model);
    if (judge && findModel(judge, answers)?.id !== found.provider_resource_id)
      wrong.push(`${shield.at.toString()}: the server judges with "${textOf(found.provider_resource_id)}"`);
    return wrong;
  });
}

const shortTools: Readonly<Record<string, readonly string[]>> = {
  websearch: ['builtin::websearch'],
  rag: ['builtin::rag', 'builtin::file_search'],
  file_search: ['builtin::rag', 'builtin::file_search'],
  knowledge_search: ['builtin::rag', 'builtin::file_search'],
  'builtin::rag': ['builtin::rag', 'builtin::file_search'],
  'builtin::file_search': ['builtin::rag', 'builtin::file_search'],
  wolfram_alpha: ['builtin::wolfram_alpha'],
};

function toolDifferences({ pod, boot }: Answers): readonly string[] {
  if (pod.stack.resources.tools.length === 0) return [];
  const registered = pod.release.toolGroups === 'registered';
  const groups = new Set(
    listed(boot, registered ? '/v1/toolgroups' : '/v1/tools').map(
      (entry) => entry[registered ? 'identifier' : 'toolgroup_id'],
    ),
  );
  return pod.stack.resources.tools.flatMap(({ name, at }) =>
    (shortTools[name] ?? [name]).some((group) => groups.has(group))
      ? []
      : [`${at.toString()}: the server has no tool group for "${name}"`],
  );
}

function storageDifferences({ pod, boot, loaded }: Answers): readonly string[] {
  const wrong = firstUses.flatMap(([path], index) => {
    const [status, body] = boot.post[index] ?? [0, null];
    return status === 200 ? [] : [`POST ${path} answers ${status}: ${JSON.stringify(body)}`];
  });
  const backends = Object.values(loaded.config?.storage.backends ?? {}).map(({ type }) => type);
  for (const kind of ['kv', 'sql'] as const) {
    const wanted = pod.stack.storage[kind];
    if (wanted !== undefined && !backends.includes(`${kind}_${wanted.type}`))
      wrong.push(`${wanted.at.toString()}: the server's backends are ${backends.join(', ')}`);
  }
  return wrong;
}

function disabledDifferences({ pod, boot }: Answers): readonly string[] {
  const providers = listed(boot, '/v1/providers');
  return pod.stack.disabled.flatMap(({ api: written, at }) => {
    const api = apiOf(written, pod);
    const path = pathsOf[api];
    return [
      ...(path !== undefined && boot.get[path] !== undefined && boot.get[path][0] !== 404
        ? [`${at.toString()}: the server serves ${path}`]
        : []),
      ...(providers.some((entry) => entry.api === api)
        ? [`${at.toString()}: the server has a provider of ${api}`]
        : []),
    ];
  });
}
