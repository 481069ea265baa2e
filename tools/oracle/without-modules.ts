import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import { idOf } from './meaning.ts';
import type { Pod } from './pod.ts';

/** A pod that can run on this machine: the rest of a config, and of its CR, without what Python modules bring that are not here. */
export interface WithoutModules {
  readonly pod: Pod;
  readonly tree: JsonObject;
  /** What was left out; empty where all is as it was. */
  readonly modules: readonly string[];
}

/**
 * Leaves out the providers whose code comes in Python modules of their own, a vendor's or those of `externalProviders`, where
 * no variable turns them off, and the resources on them; a provider of the CR whose place one has taken goes too.
 */
export function withoutModules(pod: Pod, tree: JsonObject): WithoutModules {
  const isExternal = (entry: JsonObject): boolean => typeof entry.module === 'string';
  const providers = lists(tree.providers);
  const external = Object.values(providers).flat().filter(isExternal);
  const isThere = ({ provider_id }: JsonObject): boolean =>
    typeof provider_id === 'string' && !provider_id.includes(':+');
  if (!external.some(isThere)) return { pod, tree, modules: [] };
  const ids = new Set(external.map(({ provider_id }) => provider_id));
  const isOnOne = (entry: JsonObject): boolean => ids.has(entry.provider_id ?? null);
  const resources = lists(tree.registered_resources);
  const gone = Object.values(resources).flat().filter(isOnOne);
  const isGone = (key: 'model_id' | 'shield_id', name: string): boolean => gone.some((entry) => entry[key] === name);
  const { models, shields } = pod.stack.resources;
  const safety = isMapping(tree.safety) ? tree.safety : {};
  const defaultShield = safety.default_shield_id;
  const keepsSafety = typeof defaultShield !== 'string' || !isGone('shield_id', defaultShield);
  const left = Object.entries(tree).filter(([key]) => key !== 'safety' || keepsSafety);
  return {
    pod: {
      ...pod,
      stack: {
        ...pod.stack,
        providers: pod.stack.providers.filter((provider) => !ids.has(idOf(provider))),
        resources: {
          ...pod.stack.resources,
          models: models.filter(({ name }) => !isGone('model_id', name)),
          shields: shields.filter(({ name }) => !isGone('shield_id', name)),
        },
      },
    },
    tree: {
      ...Object.fromEntries(left),
      providers: eachWithout(providers, isExternal),
      registered_resources: eachWithout(resources, isOnOne),
    },
    modules: external.filter(isThere).flatMap(({ module }) => (typeof module === 'string' ? [module] : [])),
  };
}

type Lists = Readonly<Record<string, readonly JsonObject[]>>;

function lists(value: Json | undefined): Lists {
  return (isMapping(value) ? value : {}) as Lists;
}

function eachWithout(all: Lists, isLeftOut: (entry: JsonObject) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(all).map(([key, entries]) => [key, entries.filter((entry) => !isLeftOut(entry))]),
  );
}
