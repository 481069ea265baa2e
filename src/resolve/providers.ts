import type { Json, JsonObject, Report } from '../krm/result.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import type { Variable } from '../secret-env.ts';
import type { Provider } from '../spec/providers.ts';
import { providerApis, reportUnknownApi, toApi } from './apis.ts';
import { conventionalDefaults } from './conventional-defaults.ts';
import { resolveEndpoint } from './endpoint.ts';
import { providerId, resolveProviderType } from './provider-type.ts';
import type { CrProvider, ResolvedDistribution } from './resolved.ts';
import { resolveFields } from './settings.ts';

/** A provider of the CR, with its API in this release's words and what the pod and config.yaml need for it. */
export interface AskedProvider {
  readonly api: string;
  readonly provider: Provider;
  readonly id: string;
  /** A hole when its type was reported. */
  readonly entry?: CrProvider;
  readonly variables: readonly Variable[];
  /** Whether the base config's providers of its API stay beside it, in any mode. */
  readonly additive?: true;
  /** A connector of config.yaml, for a type that takes its endpoint there (MCP). */
  readonly connector?: JsonObject;
  /** A tool group of config.yaml, in the place of the connector, for releases that register them. */
  readonly toolGroup?: JsonObject;
}

/** Resolves every entry of `spec.providers` but telemetry, which is no provider API of the server. */
export function resolveProviders(
  providers: readonly Provider[],
  distribution: ResolvedDistribution,
  release: Release,
  report: Report,
): readonly AskedProvider[] {
  const asked: AskedProvider[] = [];
  for (const provider of providers) {
    if (provider.api === 'telemetry') continue;
    const api = toApi(provider.api, release);
    if (!providerApis(release).includes(api)) {
      reportUnknownApi(provider.api, provider.at, release, report);
      continue;
    }
    const id = providerId(provider);
    if (id === undefined) continue; // Reported by the reader of `provider`.
    const type = resolveProviderType(provider, api, distribution, release, report);
    asked.push(
      type === undefined
        ? { api, provider, id, variables: [] }
        : resolveProvider(provider, api, id, type, distribution, release, report),
    );
  }
  return asked;
}

function resolveProvider(
  provider: Provider,
  api: string,
  id: string,
  type: ProviderType,
  distribution: ResolvedDistribution,
  release: Release,
  report: Report,
): AskedProvider {
  const endpoint = resolveEndpoint(provider, type, release, report);
  const { settings, secrets, variables } = resolveFields(provider, id, { api, type, release }, endpoint, report);
  const defaults = conventionalDefaults(type, id, distribution.name);
  reportMissing(provider, type, { ...defaults, ...settings, ...secrets, ...endpoint }, release, report);
  return {
    api,
    provider,
    id,
    entry: { from: 'cr', id, type, base: {}, defaults, settings, endpoint, secrets },
    variables,
    ...mcpServer(id, type, provider, release),
  };
}

/** Where a release is told of the MCP server at `endpoint`: as a connector, or until 0.6 as a tool group of the provider. */
function mcpServer(
  id: string,
  type: ProviderType,
  { endpoint }: Provider,
  release: Release,
): Pick<AskedProvider, 'connector' | 'toolGroup'> {
  if (type.endpoint?.form !== 'connector' || endpoint === undefined) return {};
  if (release.toolGroups === 'automatic') return { connector: { connector_id: id, url: endpoint } };
  return { toolGroup: { toolgroup_id: `mcp::${id}`, provider_id: id, mcp_endpoint: { uri: endpoint } } };
}

/** Reports the fields without which the provider does not start, each with the place where the CR says it. */
function reportMissing(
  provider: Provider,
  type: ProviderType,
  given: Readonly<Record<string, Json>>,
  release: Release,
  report: Report,
): void {
  const vendors = provider.endpoint === undefined ? type.requiredWithoutEndpoint : undefined;
  for (const field of [...type.required, ...(vendors ?? [])]) {
    if (isGiven(given[field], type.defaults[field])) continue;
    const isEndpoint = type.endpoint?.field === field;
    const isCredential = type.credential === field;
    const at = isEndpoint
      ? provider.at.field('endpoint')
      : isCredential
        ? provider.at.field('apiKey')
        : provider.at.field('settings').field(field);
    if (report.hasErrorAt(at)) continue; // It is given, and wrong.
    const secret = type.fields[field]?.secret === true;
    const where = Object.hasOwn(type.defaults, field)
      ? `remove it here, so that the server's own convention is written`
      : isEndpoint
        ? 'add `endpoint`'
        : isCredential
          ? 'add `apiKey: {secretKeyRef: {name: <Secret>, key: <key>}}`'
          : secret
            ? `add \`secretRefs: {${field}: {name: <Secret>, key: <key>}}\``
            : `add \`settings: {${field}: …}\``;
    report.error(
      at,
      `The provider type "${type.type}" does not start without "${field}" at release ${release.version}; ${where}`,
    );
  }
}

/** Whether a field has a value: null and an empty text are none, unless the server's own convention is null. */
function isGiven(value: Json | undefined, convention: Json | undefined): boolean {
  if (value === null) return convention === null;
  return value !== undefined && value !== '';
}
