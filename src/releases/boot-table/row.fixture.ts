import { isMapping, type Json, type JsonObject } from '../../krm/result.ts';
import type { Release } from '../release.ts';

/** An entry of `providers.<api>` in a config.yaml. */
export interface Entry {
  readonly provider_id?: Json;
  readonly provider_type?: Json;
  readonly config?: JsonObject;
}

/** A rendered config.yaml with the release that it is for and whether a start program goes with it. */
export interface Booted {
  readonly config: JsonObject;
  readonly release: Release;
  readonly program: boolean;
}

/** A change of config.yaml on which a server fails or drops something, and the CR that would come nearest to it. */
export interface Row {
  /** What is changed, as the table of boots calls it. */
  readonly row: string;
  readonly spec: JsonObject | ((release: Release) => JsonObject);
  /** Whether a config.yaml is changed so; a row without it is an error on every release. */
  readonly reached?: (booted: Booted) => boolean;
  /** What the error says, where it is one. */
  readonly error?: RegExp;
  /** What is said where only the world around the server decides: whether something answers. */
  readonly told?: (release: Release) => RegExp | undefined;
}

/** A vLLM with its key, as in most rows. */
export const vllm: JsonObject = {
  provider: 'vllm',
  endpoint: 'http://vllm:8000',
  apiKey: { secretKeyRef: { name: 'vllm', key: 'token' } },
};

/** The providers of an API. */
export function providersOf(config: JsonObject, api: string): readonly Entry[] {
  const all = config.providers as Readonly<Record<string, readonly Entry[]>>;
  return all[api] ?? [];
}

/** The types of all providers, each with its API: `inference remote::vllm`. */
export function typesIn(config: JsonObject): readonly string[] {
  return Object.keys(config.providers as JsonObject).flatMap((api) =>
    providersOf(config, api).map(({ provider_type }) => `${api} ${textOf(provider_type)}`),
  );
}

/** The config of the first provider of a type. */
export function configOf(config: JsonObject, api: string, type: string): JsonObject | undefined {
  return providersOf(config, api).find(({ provider_type }) => provider_type === type)?.config;
}

/** The entries of `registered_resources.<kind>`. */
export function registered(config: JsonObject, kind: string): readonly JsonObject[] {
  return (at(config, 'registered_resources', kind) ?? []) as readonly JsonObject[];
}

/** The value under a path of keys; undefined where there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isMapping(inner) ? inner[key] : undefined), value);
}

/** A text as it is, anything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Whether any API that a provider requires has no provider. */
export function lacksDependency({ config, release }: Booted): boolean {
  const owner = (api: string) => Object.entries(release.autorouted).find(([, table]) => table === api)?.[0] ?? api;
  const there = new Set([
    ...Object.keys(config.providers as JsonObject).filter((api) => providersOf(config, api).length > 0),
    ...release.internal,
  ]);
  return typesIn(config).some((text) => {
    const [api = '', type = ''] = text.split(' ');
    return release.providers[api]?.[type]?.requires.some((needed) => !there.has(owner(needed)));
  });
}
