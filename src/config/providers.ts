import { isMapping, type Json, type JsonObject } from '../krm/result.ts';
import type { CrProvider, ResolvedProvider } from '../resolve/resolved.ts';
import { envExpression } from '../secret-env.ts';

/** `providers` of config.yaml: per API its entries; an API that was left without any is not written. */
export function buildProviders(providers: Readonly<Record<string, readonly ResolvedProvider[]>>): JsonObject {
  const written = Object.entries(providers).filter(([, entries]) => entries.length > 0);
  return Object.fromEntries(written.map(([api, entries]) => [api, entries.map(buildProvider)]));
}

function buildProvider(provider: ResolvedProvider): JsonObject {
  if (provider.from === 'cr') {
    const { id, type, module } = provider;
    return {
      provider_id: id,
      provider_type: type.type,
      ...(module !== undefined && { module }),
      config: buildConfig(provider),
    };
  }
  const { provider_id, provider_type, module, config } = provider.entry;
  return { provider_id, provider_type, ...(module !== undefined && { module }), config: config ?? {} };
}

/** Conventional values lie under the base's, those under `settings`, and the typed fields of the CR on top. */
function buildConfig({ defaults, base, settings, endpoint, secrets }: CrProvider): JsonObject {
  const expressions = Object.fromEntries(
    Object.entries(secrets).map(([field, variable]) => [field, envExpression(variable)]),
  );
  return [base, settings, endpoint, expressions].reduce<JsonObject>(overlay, defaults);
}

function overlay(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMapping(below) && isMapping(value) ? overlay(below, value) : value;
  }
  return merged;
}
