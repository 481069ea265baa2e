import fc from 'fast-check';
import type { JsonObject } from '../../../src/krm/result.ts';
import type { BaseConfig, ProviderType, Release } from '../../../src/releases/index.ts';
import { missingHere } from '../missing-here.ts';
import { maybe, present, secretRef, sometimes, type Draw } from './draw.ts';
import { settingsOf } from './settings.ts';
import { telemetry } from './telemetry.ts';

/** A provider of a generated CR, with what its resources need to know of it. */
export interface GeneratedProvider {
  readonly api: string;
  readonly id: string;
  /** What the release knows of it; nothing of telemetry, which is no provider of the server. */
  readonly type: ProviderType | undefined;
  readonly cr: JsonObject;
}

/** Types that call a model by OpenAI's protocol at the URL that they are given, so that a stand-in can answer. */
export const answered = [
  'remote::vllm',
  'remote::llama-openai-compat',
  'remote::llama-cpp-server',
  'remote::runpod',
  'remote::groq',
];

/** Whether it asks its upstream without a key too. */
export function isKeyless({ type }: ProviderType): boolean {
  return ['remote::vllm', 'remote::llama-cpp-server'].includes(type);
}

/** How many of a hundred CRs have providers of an API. */
const chances: Readonly<Record<string, number>> = { inference: 85, safety: 40, vector_io: 40, tool_runtime: 40 };

/** Providers of any APIs of a release, of one to three types each, which find what they require in the base config. */
export function providersOf(release: Release, base: BaseConfig): Draw<readonly GeneratedProvider[]> {
  const perApi = Object.entries(release.providers).map(([api, types]) => {
    const able = Object.values(types).filter(
      (type) =>
        canStart(api, type, release) &&
        type.requires.every((other) => base.providers[ownerOf(other, release)] !== undefined),
    );
    const waiting = able.filter(
      ({ type, reachesAtStart }) => reachesAtStart === 'always' || missingHere(api, type) !== undefined,
    );
    const usable = able.filter((type) => !waiting.includes(type));
    const some = fc.subarray(usable, { minLength: Math.min(1, usable.length), maxLength: Math.min(3, usable.length) });
    // Such a config can only be loaded here, so that they are rare.
    const one = waiting.length === 0 ? some : fc.constantFrom(...waiting).map((type) => [type]);
    const chosen = sometimes<readonly ProviderType[], readonly ProviderType[]>(
      chances[api] ?? 15,
      fc.oneof({ weight: 30, arbitrary: some }, { weight: 1, arbitrary: one }),
      [],
    );
    return chosen.chain((list) =>
      fc.tuple(...list.map((type, index) => provider(api, type, index, list.length === 1, release))),
    );
  });
  return fc
    .tuple(fc.tuple(...perApi), maybe(10, telemetry()))
    .map(([lists, cr]) => [
      ...lists.flat(),
      ...(cr === undefined ? [] : [{ api: 'telemetry', id: 'opentelemetry', type: undefined, cr }]),
    ]);
}

/** The API behind a routing table: `tool_groups` → `tool_runtime`. */
export function ownerOf(api: string, { autorouted }: Release): string {
  return Object.entries(autorouted).find(([, routed]) => routed === api)?.[0] ?? api;
}

/** `spec.providers`, in one of the spellings of its keys, with lists or with single objects. */
export function written(providers: readonly GeneratedProvider[], camel: boolean, lists: boolean): JsonObject {
  const byApi = new Map<string, JsonObject[]>();
  for (const { api, cr } of providers) byApi.set(api, [...(byApi.get(api) ?? []), cr]);
  return Object.fromEntries(
    [...byApi].map(([api, entries]) => [spelt(api, camel), entries.length > 1 || lists ? entries : (entries[0] ?? {})]),
  );
}

/** `vector_io` → `vectorIo`, or as it is. */
export function spelt(api: string, camel: boolean): string {
  return camel ? api.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : api;
}

/** Whether any config makes a type start on this machine. */
function canStart(api: string, { type, unloadable }: ProviderType, { minor }: Release): boolean {
  if (unloadable !== undefined) return false;
  // 0.3.5: its adapter misses a method of its own class.
  if (minor === '0.3' && ['inference remote::passthrough', 'safety remote::sambanova'].includes(`${api} ${type}`))
    return false;
  // Needs real torch and transformers, or docling.
  return ![
    'inference inline::meta-reference',
    'file_processors inline::docling',
    'post_training inline::huggingface-gpu',
  ].includes(`${api} ${type}`);
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
  return fc
    .record({
      name: isPreferred && !short.includes('::') ? fc.constantFrom(type.type, short) : fc.constant(type.type),
      omitId: alone && ownApis.length === 1 ? fc.boolean() : fc.constant(false),
      endpoint: endpointOf(type, `${id}.example`),
      apiKey: apiKeyOf(type, id),
    })
    .chain((named) => {
      const needed = [...type.required, ...(named.endpoint === undefined ? (type.requiredWithoutEndpoint ?? []) : [])];
      const missing = needed.filter((field) => !Object.hasOwn(type.defaults, field));
      return fc.record(settingsOf(type, missing)).map((fields) => ({ ...named, ...fields }));
    })
    .map(({ name, omitId, endpoint, apiKey, settings, secretRefs }) => ({
      api,
      id: omitId ? plainId : id,
      type,
      cr: present({ id: omitId ? undefined : id, provider: name, endpoint, apiKey, settings, secretRefs }),
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
  return endpoint.required === true || answered.includes(type) ? given : maybe(50, given);
}

function apiKeyOf(type: ProviderType, id: string): Draw<JsonObject | undefined> {
  const { credential } = type;
  if (credential === undefined) return fc.constant(undefined);
  const isRequired = [...type.required, ...(type.requiredWithoutEndpoint ?? [])].includes(credential);
  return isRequired && !Object.hasOwn(type.defaults, credential) ? secretRef(id) : maybe(50, secretRef(id));
}
