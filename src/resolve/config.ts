import { isMapping, type JsonObject, type Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import { reservedVariables, type Variable } from '../secret-env.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import { resolveResources } from './asked-resources.ts';
import { safetyDefaults, vectorStoreDefaults, vectorStoreNeeds } from './defaults.ts';
import { checkBackendReferences } from './backend-references.ts';
import { checkConditions } from './conditions.ts';
import { resolveDisabled } from './disabled.ts';
import type { ChosenDistribution } from './distribution.ts';
import { resolveExternalProviders, withExternalProviders } from './external-providers.ts';
import { idOf } from './expression.ts';
import { mergeRule, type MergeMode } from './merge-table.ts';
import { mergeProviders } from './merge.ts';
import { resolveProviders, type AskedProvider } from './providers.ts';
import { checkForwardHeaders } from './forward-headers.ts';
import { checkNetworkSettings } from './network-settings.ts';
import { reportReachable } from './reachable.ts';
import type { Package } from './references.ts';
import type { ResolvedConfig, ResolvedProvider } from './resolved.ts';
import { mergeResources } from './resources.ts';
import { checkScoring } from './scoring.ts';
import { resolveStorage } from './storage.ts';
import { resolveTelemetry } from './telemetry.ts';
import { reportDoubledVariables, reportUnreadableExpressions, reportUnsetVariables } from './variables.ts';
import { checkVectorIndex } from './vector-index.ts';

/** Merges base config and CR into everything that config.yaml is built from, and reports what cannot be merged. */
export function resolveConfig(
  stack: Stack,
  options: RenderOptions,
  { distribution, release }: ChosenDistribution,
  base: BaseConfig,
  objects: Package,
  report: Report,
): ResolvedConfig {
  const own = resolveProviders(stack.providers, distribution, release, report);
  const externals = resolveExternalProviders(stack, release, options, objects, report);
  const asked = withExternalProviders(own, externals, base, options, report);
  const disabled = resolveDisabled(stack, asked, base, options.providerMerge, release, report);
  const left = without(base, disabled.apis, disabled.providers);
  const resources = resolveResources(stack, asked, left, disabled.apis, release, report);
  const vectorStores = vectorStoreDefaults(left, asked, resources.models, disabled.apis, release);
  const keep = new Map([...vectorStoreNeeds(vectorStores), ...resources.needs]);
  const providers = mergeProviders(left, asked, keep, options.providerMerge, report);
  checkScoring(providers.scoring ?? [], asked, report);
  const registered = mergeResources(left, resources.entries, providers, release, report);
  const shields = registered.shields ?? [];
  const safety = safetyDefaults(left, stack, resources.shields, shields, disabled.apis, release, report);
  const storage = resolveStorage(stack, left, release, report);
  checkBackendReferences(asked, storage, report);
  checkNetworkSettings(asked, stack, report);
  checkVectorIndex(asked, report);
  checkForwardHeaders(asked, report);
  const config: ResolvedConfig = {
    apis: servedApis(left, providers),
    providers,
    externalProviders: externals.flatMap(({ install }) => install ?? []),
    storage,
    resources: registered,
    server: isMapping(left.server as JsonObject) ? (left.server as JsonObject) : {},
    ...(vectorStores && { vectorStores }),
    ...(safety && { safety }),
    connectors: mergeConnectors(left, asked),
    rest: restOf(left, options.providerMerge),
    secrets: asked.flatMap((provider) => provider.variables),
    telemetry: resolveTelemetry(stack.providers, stack.name, report),
    start: { ...storage.start, caBundle: stack.networking.caBundle !== undefined },
    modelIds: resources.models.map((model) => model.identifier),
  };
  reportReachable(stack, asked, new Set(keep.keys()), release, report);
  checkVariables(stack, config, asked, release, report);
  checkConditions(config, stack, release, report);
  return config;
}

/** The base config less what is disabled. */
function without(base: BaseConfig, apis: ReadonlySet<string>, single: ReadonlySet<string>): BaseConfig {
  const providers = Object.entries(base.providers)
    .filter(([api]) => !apis.has(api))
    .map(
      ([api, entries]) => [api, entries.filter((entry) => !single.has(`${api}/${idOf(entry.provider_id)}`))] as const,
    );
  return {
    ...base,
    ...(base.apis && { apis: base.apis.filter((api) => !apis.has(api)) }),
    providers: Object.fromEntries(providers),
  };
}

/** The APIs that are served: the base config's, and those of the CR's providers. */
function servedApis(
  base: BaseConfig,
  providers: Readonly<Record<string, readonly ResolvedProvider[]>>,
): readonly string[] {
  const withProviders = Object.keys(providers).filter((api) => (providers[api] ?? []).length > 0);
  return [...new Set([...(base.apis ?? withProviders), ...withProviders])].sort();
}

/** The keys of the base config that are not built anew; of telemetry the CR's are variables of the pod. */
function restOf(base: BaseConfig, mode: MergeMode): ResolvedConfig['rest'] {
  const kept = Object.entries(base).filter(([key]) => key === 'telemetry' || mergeRule(key, mode) === 'base');
  return Object.fromEntries(kept) as ResolvedConfig['rest'];
}

/** The connectors of the CR's providers, and the base config's of other ids. */
function mergeConnectors(base: BaseConfig, asked: readonly AskedProvider[]): readonly JsonObject[] {
  const own = asked.flatMap((provider) => (provider.connector ? [provider.connector] : []));
  const ids = new Set(own.map((connector) => connector.connector_id));
  const theirs = Array.isArray(base.connectors) ? (base.connectors as readonly JsonObject[]) : [];
  return [...own, ...theirs.filter((connector) => !ids.has(connector.connector_id))];
}

function checkVariables(
  stack: Stack,
  config: ResolvedConfig,
  asked: readonly AskedProvider[],
  release: Release,
  report: Report,
): void {
  const others: readonly Variable[] = [...config.storage.variables, ...config.telemetry];
  const own = new Set(reservedVariables(release, stack.networking.caBundle !== undefined));
  reportDoubledVariables(stack, own, asked, others, report);
  const set = new Set([
    ...own,
    ...[...config.secrets, ...others].map(({ name }) => name),
    ...stack.workload.overrides.env.map(({ name }) => name),
  ]);
  const settings = asked.map(({ entry }) => entry?.settings ?? {});
  const kept = Object.values(config.providers).flatMap((entries) =>
    entries.flatMap((entry) => (entry.from === 'base' ? [entry.entry as unknown as JsonObject] : [entry.base])),
  );
  reportUnreadableExpressions(stack, report);
  reportUnsetVariables([...settings, ...kept, config.resources], set, stack, report);
}
