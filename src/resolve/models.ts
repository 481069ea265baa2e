import type { Json, JsonObject, Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { Model } from '../spec/resources.ts';
import { idOf, isConditional } from './expression.ts';
import { reportUnregistrable } from './model-registration.ts';
import { reportNoSuchProvider } from './provider-of-resource.ts';
import type { AskedProvider } from './providers.ts';

/** A model of the CR with the provider that serves it and the identifier by which clients call it. */
export interface AskedModel {
  readonly model: Model;
  readonly providerId: string;
  /** `vllm/llama3.2-8b` */
  readonly identifier: string;
}

/**
 * Gives every model of `resources.models` its provider: the one it names, else the CR's first that serves its type, else
 * the base config's only one that serves it without further conditions. Reports a provider that does not exist and a
 * choice that cannot be made, listing the ids that can be used.
 */
export function resolveModels(
  models: readonly Model[],
  asked: readonly AskedProvider[],
  base: BaseConfig,
  variables: ReadonlySet<string>,
  release: Release,
  report: Report,
): readonly AskedModel[] {
  const own = asked.filter((provider) => provider.api === 'inference');
  const resolved: AskedModel[] = [];
  for (const model of models) {
    const type = model.modelType ?? 'llm';
    if (!release.modelTypes.includes(type)) {
      report.error(
        model.at.field('modelType'),
        `The server ${release.version} has no model type "${type}"; must be one of: ${release.modelTypes.join(', ')}`,
        {
          currentValue: type,
        },
      );
      continue;
    }
    const candidates = baseCandidates(base, variables, type, release);
    const providerId =
      model.provider ?? own.find((provider) => serves(provider.entry?.type.serves, type))?.id ?? only(candidates);
    if (providerId === undefined) {
      reportNoProvider(model, type, own, candidates, report);
      continue;
    }
    if (model.provider !== undefined && !isServed(model, model.provider, asked, base, variables, candidates, report))
      continue;
    reportUnregistrable(model, providerId, own, base, variables, release, report);
    reportTypeInMetadata(model, type, report);
    resolved.push({ model, providerId, identifier: `${providerId}/${serverName(model, release)}` });
  }
  reportDoubled(resolved, release, report);
  return resolved;
}

/** An entry of `registered_resources.models`; `contextLength` and `quantization` have no field of their own there. */
export function modelEntry({ model, providerId }: AskedModel): JsonObject {
  const metadata: Record<string, Json> = { ...model.metadata };
  if (model.contextLength !== undefined) metadata.context_length = model.contextLength;
  if (model.quantization !== undefined) metadata.quantization = model.quantization;
  return {
    model_id: model.name,
    provider_id: providerId,
    ...(model.providerModelId !== undefined && { provider_model_id: model.providerModelId }),
    ...(model.modelType !== undefined && { model_type: model.modelType }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** What the release puts behind `<provider>/` in a model's identifier. */
function serverName(model: Model, release: Release): string {
  return release.modelIdentifier === 'provider_model_id' ? (model.providerModelId ?? model.name) : model.name;
}

function serves(types: readonly string[] | undefined, type: string): boolean {
  return types === undefined || types.includes(type);
}

/** The base config's inference providers that serve a model type and are there whatever the environment. */
function baseCandidates(
  base: BaseConfig,
  variables: ReadonlySet<string>,
  type: string,
  release: Release,
): readonly string[] {
  return (base.providers.inference ?? [])
    .filter(
      (entry) =>
        isThere(entry.provider_id, variables) &&
        serves(release.providers.inference?.[entry.provider_type]?.serves, type),
    )
    .map((entry) => idOf(entry.provider_id));
}

function isThere(providerId: string, variables: ReadonlySet<string>): boolean {
  const variable = /^\$\{env\.([A-Z0-9_]+):\+/.exec(providerId)?.[1];
  return variable === undefined ? !isConditional(providerId) : variables.has(variable);
}

function only(ids: readonly string[]): string | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}

function isServed(
  model: Model,
  id: string,
  asked: readonly AskedProvider[],
  base: BaseConfig,
  variables: ReadonlySet<string>,
  candidates: readonly string[],
  report: Report,
): boolean {
  const own = asked.filter((provider) => provider.api === 'inference');
  if (own.some((provider) => provider.id === id)) return true;
  const entry = (base.providers.inference ?? []).find((candidate) => idOf(candidate.provider_id) === id);
  const at = model.at.field('provider');
  if (entry === undefined) {
    const ids = [...own.map((provider) => provider.id), ...candidates];
    reportNoSuchProvider(at, id, 'inference', ids, asked, base, report);
    return false;
  }
  if (isThere(entry.provider_id, variables)) return true;
  const variable = /^\$\{env\.([A-Z0-9_]+)/.exec(entry.provider_id)?.[1] ?? '';
  report.error(
    at,
    `The base config's provider "${id}" is there only when the variable ${variable} is set; describe the provider under ` +
      `\`spec.providers.inference\`, or set ${variable} in \`spec.workload.overrides.env\``,
    { currentValue: id, reason: 'MissingProviderForResource' },
  );
  return false;
}

function reportNoProvider(
  model: Model,
  type: string,
  own: readonly AskedProvider[],
  candidates: readonly string[],
  report: Report,
): void {
  const choice =
    candidates.length === 0 ? '' : `, or name one of the base config's in \`provider\`: ${candidates.join(', ')}`;
  report.error(
    model.at,
    (own.length > 0
      ? `None of the CR's inference providers serves models of type "${type}"; add one that does`
      : `The model "${model.name}" needs an inference provider; add \`spec.providers.inference\``) + choice,
    { currentValue: model.name, reason: 'MissingProviderForResource' },
  );
}

/** The server keeps `model_type` among the metadata and registers the model as an llm all the same. */
function reportTypeInMetadata(model: Model, type: string, report: Report): void {
  const written = model.metadata.model_type;
  if (written === undefined || written === type) return;
  report.error(
    model.at.field('metadata').field('model_type'),
    `The server takes no type from \`metadata\`, so that this model would be of type "${type}"; write it as \`modelType\``,
    { currentValue: written },
  );
}

/** Two models with one identifier are one model to the server, which refuses the second when their fields differ. */
function reportDoubled(models: readonly AskedModel[], release: Release, report: Report): void {
  const seen = new Map<string, AskedModel>();
  for (const asked of models) {
    const before = seen.get(asked.identifier);
    if (before !== undefined) {
      report.error(
        asked.model.at,
        `The server ${release.version} calls this model "${asked.identifier}", as it does \`${before.model.at.toString()}\`; give one of them another ` +
          (release.modelIdentifier === 'provider_model_id' ? '`providerModelId`' : '`name`') +
          ' or `provider`',
        { currentValue: asked.model.name },
      );
    } else seen.set(asked.identifier, asked);
    if (
      release.modelIdentifier === 'provider_model_id' &&
      serverName(asked.model, release).startsWith(`${asked.providerId}/`)
    ) {
      report.warning(
        asked.model.at,
        `Clients must call this model "${asked.identifier}", with the provider's id twice; leave "${asked.providerId}/" out of its name unless the provider knows it by that`,
        { currentValue: asked.model.name },
      );
    }
  }
}
