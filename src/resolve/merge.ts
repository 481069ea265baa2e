import type { Report } from '../krm/result.ts';
import type { BaseConfig, BaseProvider } from '../releases/base-config.ts';
import { idOf } from './expression.ts';
import { replacesByApi, type MergeMode } from './merge-table.ts';
import type { AskedProvider } from './providers.ts';
import type { CrProvider, ResolvedProvider } from './resolved.ts';

/** Why a provider of the base config stays beside the CR's: `the CR's model "x"`, `\`vector_stores.default_embedding_model\``. */
export type Keep = ReadonlyMap<string, string>;

/**
 * Merges the CR's providers with the base config's by the rule of `mergeTable`. `Replace`: the CR's providers of an API
 * replace the base's, but for those that `keep` names as `<api>/<id>`. `Overlay`: by id, the id inside a condition
 * counting; one of the same type is merged deeply, any other is replaced. The CR's come first.
 */
export function mergeProviders(
  base: BaseConfig,
  asked: readonly AskedProvider[],
  keep: Keep,
  mode: MergeMode,
  report: Report,
): Record<string, readonly ResolvedProvider[]> {
  const merged: Record<string, readonly ResolvedProvider[]> = {};
  for (const api of apiOrder(base, asked)) {
    const baseEntries = base.providers[api] ?? [];
    const own = asked.filter((provider) => provider.api === api);
    const ownIds = new Set(own.map((provider) => provider.id));
    const replacing = own.filter(({ additive }) => additive !== true);
    const replace = replacesByApi(mode) && replacing.length > 0;
    const stays = baseEntries.filter((entry) => {
      const id = idOf(entry.provider_id);
      if (ownIds.has(id)) return false;
      const reason = keep.get(`${api}/${id}`);
      if (replace && reason !== undefined) {
        report.info(
          replacing[0]?.provider.at,
          `The base config's provider "${id}" of \`${api}\` stays, since ${reason} needs it`,
        );
      }
      return !replace || reason !== undefined;
    });
    const entries = own.flatMap((provider) => (provider.entry ? [overlaid(provider.entry, baseEntries, mode)] : []));
    merged[api] = [...entries, ...stays.map((entry): ResolvedProvider => ({ from: 'base', entry }))];
  }
  return merged;
}

function apiOrder(base: BaseConfig, asked: readonly AskedProvider[]): readonly string[] {
  return [...new Set([...Object.keys(base.providers), ...asked.map((provider) => provider.api)])];
}

function overlaid(entry: CrProvider, baseEntries: readonly BaseProvider[], mode: MergeMode): CrProvider {
  if (replacesByApi(mode) || entry.module !== undefined) return entry;
  const under = baseEntries.find(
    (other) => idOf(other.provider_id) === entry.id && other.provider_type === entry.type.type,
  );
  return under === undefined ? entry : { ...entry, base: under.config ?? {} };
}

/** The id of an entry of `providers.<api>`. */
export function entryId(entry: ResolvedProvider): string {
  return entry.from === 'base' ? idOf(entry.entry.provider_id) : entry.id;
}

/** The provider type of an entry of `providers.<api>`: `remote::vllm`. */
export function entryType(entry: ResolvedProvider): string {
  return entry.from === 'base' ? entry.entry.provider_type : entry.type.type;
}
