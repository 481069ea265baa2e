import type { Json, JsonObject, Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import { idOf } from './expression.ts';
import { entryId, entryType } from './merge.ts';
import type { ResolvedProvider } from './resolved.ts';

/** `registered_resources` of config.yaml by kind: `models`, `shields`, `tool_groups` … */
export type RegisteredResources = Readonly<Record<string, readonly JsonObject[]>>;

/** Kind → the field that tells its entries apart, and the API whose providers serve it. */
export const resourceKinds: Readonly<Record<string, { readonly id: string; readonly api: string }>> = {
  models: { id: 'model_id', api: 'inference' },
  shields: { id: 'shield_id', api: 'safety' },
  tool_groups: { id: 'toolgroup_id', api: 'tool_runtime' },
  vector_stores: { id: 'vector_store_id', api: 'vector_io' },
  datasets: { id: 'dataset_id', api: 'datasetio' },
  scoring_fns: { id: 'scoring_fn_id', api: 'scoring' },
  benchmarks: { id: 'benchmark_id', api: 'eval' },
};

/**
 * Merges the resources of the base config and the CR by id, the CR's winning over a conditional entry of the same id too.
 * A resource of the base whose provider is gone goes with it, with an info; a tool group moves to the CR's provider that
 * can serve it.
 */
export function mergeResources(
  base: BaseConfig,
  own: RegisteredResources,
  providers: Readonly<Record<string, readonly ResolvedProvider[]>>,
  release: Release,
  report: Report,
): RegisteredResources {
  const merged: Record<string, readonly JsonObject[]> = {};
  for (const kind of new Set([...Object.keys(resourceKinds), ...Object.keys(base.registered_resources ?? {})])) {
    const { id, api } = resourceKinds[kind] ?? { id: '', api: '' };
    const mine = own[kind] ?? [];
    const mineIds = new Set(mine.map((entry) => text(entry[id])));
    const theirs = (base.registered_resources?.[kind] ?? []).filter(
      (entry) => id === '' || !mineIds.has(idOf(text(entry[id]))),
    );
    const kept = theirs.flatMap((entry) => keep(entry, kind, id, providers[api] ?? [], release, report));
    if (mine.length + kept.length > 0) merged[kind] = [...mine, ...kept];
  }
  return merged;
}

function keep(
  entry: JsonObject,
  kind: string,
  id: string,
  providers: readonly ResolvedProvider[],
  release: Release,
  report: Report,
): readonly JsonObject[] {
  const provider = idOf(text(entry.provider_id));
  if (provider === '' || provider === 'all' || providers.some((candidate) => entryId(candidate) === provider))
    return [entry];
  const name = text(entry[id]);
  const types = kind === 'tool_groups' ? (release.tools[name]?.types ?? []) : [];
  const instead = providers.find((candidate) => types.includes(entryType(candidate)));
  if (instead !== undefined) {
    report.info(
      undefined,
      `The base config's tool group "${name}" moves from the provider "${provider}" to "${entryId(instead)}"`,
    );
    return [{ ...entry, provider_id: entryId(instead) }];
  }
  report.info(
    undefined,
    `The base config's entry "${name}" of \`registered_resources.${kind}\` goes with its provider "${provider}"`,
  );
  return [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
