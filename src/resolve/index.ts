import type { JsonObject, Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import { reservedVariables, type Variable } from '../secret-env.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import { resolveCaBundle } from './ca-bundle.ts';
import { safetyDefaults, vectorStoreDefaults, vectorStoreNeeds } from './defaults.ts';
import { resolveDisabled } from './disabled.ts';
import { resolveDistribution, type ChosenDistribution } from './distribution.ts';
import { idOf } from './expression.ts';
import { checkExpose } from './expose.ts';
import { mergeProviders } from './merge.ts';
import { modelEntry, resolveModels } from './models.ts';
import { checkOverrides } from './overrides.ts';
import { resolveProviders, type AskedProvider } from './providers.ts';
import { reportReachable } from './reachable.ts';
import { checkReferences, type Package } from './references.ts';
import type { Resolved, ResolvedConfig, ResolvedProvider } from './resolved.ts';
import { mergeResources } from './resources.ts';
import { resolveShields, shieldEntry } from './shields.ts';
import { resolveStorage } from './storage.ts';
import { resolveTelemetry } from './telemetry.ts';
import { resolveTools, toolGroupEntry } from './tools.ts';
import { reportDoubledVariables, reportUnsetVariables } from './variables.ts';
import { reportWarnings } from './warnings.ts';

export type { Package } from './references.ts';
export type { Resolved } from './resolved.ts';

/**
 * Answers every question that needs base config and release together, and reports every fault that is left: after it the
 * builders only write. Holes that the readers left are passed over, so that all errors come at once; undefined after any.
 */
export function resolve(stack: Stack, options: RenderOptions, objects: Package, report: Report): Resolved | undefined {
  reportUnsupported(stack, report);
  const caBundle = resolveCaBundle(stack, report);
  const chosen = resolveDistribution(stack, options, report);
  const config = chosen?.base && resolveConfig(stack, options, chosen, chosen.base, report);
  const variables = config ? [...config.secrets, ...config.storage.variables, ...config.telemetry] : [];
  checkReferences(stack, variables, caBundle, objects, options, report);
  if (chosen) checkOverrides(stack, chosen.release, report);
  checkExpose(stack, options, report);
  if (chosen) reportWarnings(stack, config, options, report);
  if (report.failed || chosen === undefined) return undefined;
  return {
    stack,
    options,
    release: chosen.release,
    distribution: chosen.distribution,
    ...(config && { config }),
    ...(caBundle && { caBundle }),
  };
}

function resolveConfig(
  stack: Stack,
  options: RenderOptions,
  { distribution, release }: ChosenDistribution,
  base: BaseConfig,
  report: Report,
): ResolvedConfig {
  const podVariables = new Set(stack.workload.overrides.env.map((variable) => variable.name));
  const asked = resolveProviders(stack.providers, distribution, release, report);
  const disabled = resolveDisabled(stack, asked, base, options.providerMerge, release, report);
  const left = without(base, disabled.apis, disabled.providers);
  const models = disabled.apis.has('inference')
    ? []
    : resolveModels(stack.resources.models, asked, left, podVariables, release, report);
  const tools = disabled.apis.has('tool_runtime')
    ? []
    : resolveTools(stack.resources.tools, stack.resources.at.field('tools'), asked, left, release, report);
  const shields = disabled.apis.has('safety')
    ? []
    : resolveShields(
        stack.resources.shields,
        stack.resources.at.field('shields'),
        asked,
        left,
        models,
        release,
        report,
      );
  const vectorStores = vectorStoreDefaults(left, asked, models, disabled.apis, release);
  const keep = new Map([
    ...vectorStoreNeeds(vectorStores),
    ...models.map(({ model, providerId }) => [`inference/${providerId}`, `\`${model.at.toString()}\``] as const),
    ...shields.map(({ shield, providerId }) => [`safety/${providerId}`, `\`${shield.at.toString()}\``] as const),
    ...tools.map(({ tool, providerId }) => [`tool_runtime/${providerId}`, `\`${tool.at.toString()}\``] as const),
  ]);
  const providers = mergeProviders(left, asked, keep, options.providerMerge, report);
  const own = {
    ...(models.length > 0 && { models: models.map(modelEntry) }),
    ...(shields.length > 0 && { shields: shields.map(shieldEntry) }),
    ...(tools.length > 0 && release.toolGroups === 'registered' && { tool_groups: tools.map(toolGroupEntry) }),
  };
  const resources = mergeResources(left, own, providers, release, report);
  const safety = safetyDefaults(left, stack, shields, resources.shields ?? [], disabled.apis, release, report);
  const storage = resolveStorage(stack, left, release, report);
  const telemetry = resolveTelemetry(stack.providers, stack.name, report);
  const secrets = asked.flatMap((provider) => provider.variables);
  const config: ResolvedConfig = {
    apis: servedApis(left, providers),
    providers,
    storage,
    resources,
    ...(vectorStores && { vectorStores }),
    ...(safety && { safety }),
    connectors: asked.flatMap((provider) => (provider.connector ? [provider.connector] : [])),
    rest: restOf(left, release),
    secrets,
    telemetry,
    start: { ...storage.start, caBundle: stack.networking.caBundle !== undefined },
    modelIds: models.map((model) => model.identifier),
  };
  reportReachable(stack, asked, new Set([...keep.keys()]), release, report);
  checkVariables(stack, config, asked, release, report);
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

/** The APIs that are served: the base config's, and those of the CR's providers; an API without providers is left out. */
function servedApis(
  base: BaseConfig,
  providers: Readonly<Record<string, readonly ResolvedProvider[]>>,
): readonly string[] {
  const withProviders = Object.keys(providers).filter((api) => (providers[api] ?? []).length > 0);
  return [...new Set([...(base.apis ?? withProviders), ...withProviders])].sort();
}

/** The keys of the base config that are not built anew. */
function restOf(base: BaseConfig, release: Release): ResolvedConfig['rest'] {
  const built = new Set([
    'version',
    'apis',
    'providers',
    'storage',
    'registered_resources',
    'vector_stores',
    'safety',
    'connectors',
    'server',
    ...release.nameFields,
  ]);
  return Object.fromEntries(Object.entries(base).filter(([key]) => !built.has(key))) as ResolvedConfig['rest'];
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
  reportUnsetVariables([...settings, ...kept, config.resources], set, stack, report);
}

function reportUnsupported(stack: Stack, report: Report): void {
  for (const provider of stack.externalProviders) {
    report.error(
      provider.at,
      '`externalProviders` is not supported yet; remove it, or bring a config of your own with `spec.overrideConfig`',
      {
        currentValue: provider.providerId,
      },
    );
  }
}
