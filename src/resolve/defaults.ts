import { isMapping, type Json, type JsonObject, type Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';
import { idOf } from './expression.ts';
import type { AskedModel } from './models.ts';
import type { AskedProvider } from './providers.ts';
import type { AskedShield } from './shields.ts';

/** The keys of `vector_stores` that name a model by provider; the server looks each up at start. */
const modelReferences = ['default_embedding_model', 'default_reranker_model', 'rewrite_query_params.model'];

/**
 * The `vector_stores` of config.yaml: the base config's, with the CR's first vector store and its only embedding model as
 * defaults. Undefined where vector stores are disabled or the base has none.
 */
export function vectorStoreDefaults(
  base: BaseConfig,
  asked: readonly AskedProvider[],
  models: readonly AskedModel[],
  disabled: ReadonlySet<string>,
  release: Release,
): JsonObject | undefined {
  if (disabled.has('vector_io')) return undefined;
  const embedding = models.filter(({ model }) => model.modelType === 'embedding');
  const [model] = embedding;
  const store = asked.find((provider) => provider.api === 'vector_io');
  const chosen: Record<string, Json> = {};
  if (store !== undefined) chosen.default_provider_id = store.id;
  if (model !== undefined && embedding.length === 1)
    chosen.default_embedding_model = { provider_id: model.providerId, model_id: nameAtServer(model, release) };
  if (base.vector_stores === undefined && Object.keys(chosen).length === 0) return undefined;
  return { ...base.vector_stores, ...chosen };
}

function nameAtServer(model: AskedModel, release: Release): string {
  return release.modelIdentifier === 'provider_model_id'
    ? model.identifier.slice(model.providerId.length + 1)
    : model.model.name;
}

/** The base providers that `vector_stores` needs: `inference/<id>` → the key that names it. */
export function vectorStoreNeeds(vectorStores: JsonObject | undefined): ReadonlyMap<string, string> {
  const needs = new Map<string, string>();
  for (const path of modelReferences) {
    const reference = path
      .split('.')
      .reduce<Json | undefined>((value, key) => (isMapping(value) ? value[key] : undefined), vectorStores);
    const id = isMapping(reference) ? reference.provider_id : undefined;
    if (typeof id === 'string') needs.set(`inference/${idOf(id)}`, `\`vector_stores.${path}\``);
  }
  return needs;
}

/**
 * The `safety` of config.yaml: the CR's first shield is the default shield; the base config's default stays only while
 * its shield is registered, since the server refuses to start on one that is not.
 */
export function safetyDefaults(
  base: BaseConfig,
  stack: Stack,
  shields: readonly AskedShield[],
  registered: readonly JsonObject[],
  disabled: ReadonlySet<string>,
  release: Release,
  report: Report,
): JsonObject | undefined {
  if (!release.defaultShield || disabled.has('safety')) return undefined;
  const [first] = shields;
  if (first !== undefined) return { ...base.safety, default_shield_id: first.shield.name };
  const shield = base.safety?.default_shield_id;
  if (typeof shield !== 'string' || registered.some((entry) => entry.shield_id === shield)) return base.safety;
  const rest = Object.fromEntries(Object.entries(base.safety ?? {}).filter(([key]) => key !== 'default_shield_id'));
  report.info(
    stack.providers.find((provider) => provider.api === 'safety')?.at,
    `The base config's default shield "${shield}" goes with its provider; list a shield in \`spec.resources.shields\` to have one`,
  );
  return Object.keys(rest).length === 0 ? undefined : rest;
}
