import type { JsonObject } from '../krm/result.ts';
import { configKeys } from '../names.ts';
import { refusals } from '../releases/index.ts';
import type { Resolved, ResolvedConfig } from '../resolve/resolved.ts';
import type { Variable } from '../secret-env.ts';
import { buildProviders } from './providers.ts';
import { buildServer } from './server.ts';
import { startProgram } from './start-program.ts';
import { buildStorage } from './storage.ts';

/** What the ConfigMap and the pod carry for the server: built before the manifests, which only place it. */
export interface ServerConfig {
  /** The ConfigMap's data: `config.yaml` and the files of the start program; empty with `overrideConfig`. */
  readonly data: Readonly<Record<string, string>>;
  /** The first 8 hex digits of the sha256 of the data as canonical JSON; undefined where the data is not known. */
  readonly hash?: string;
  /** The first 8 hex digits of the sha256 of the CA bundle, where the package tells its content. */
  readonly caBundleHash?: string;
  /** The variables that the config needs on the pod: secrets, storage, telemetry, the start program's. */
  readonly variables: readonly Variable[];
}

/** What the builder needs of the world: how YAML is written, and the sha256 of a text as hex digits. */
export interface Writer {
  toYaml(value: JsonObject): string;
  sha256hex(text: string): string;
}

/**
 * Builds config.yaml and what goes with it, once more checked as the server will: a fault that is left is ours and an exception;
 * with `overrideConfig` there is nothing to build but the hash of its data.
 */
export function buildServerConfig(resolved: Resolved, writer: Writer): ServerConfig {
  const { config, overrideData, caBundle } = resolved;
  const bundle = caBundle?.content === undefined ? {} : { caBundleHash: shortHash(caBundle.content, writer) };
  if (config === undefined) {
    return { data: {}, ...(overrideData && { hash: hashOf(overrideData, writer) }), ...bundle, variables: [] };
  }
  const tree = buildConfigYaml(resolved, config);
  const refused = refusals({ ...tree, providers: buildProviders(ownOf(config.providers)) }, resolved.release);
  if (refused.length > 0)
    throw new Error(`the server ${resolved.release.version} would refuse this config.yaml: ${refused.join('; ')}`);
  const data = {
    [configKeys.config]: writer.toYaml(tree),
    ...startProgram(config.start),
  };
  return {
    data,
    hash: hashOf(data, writer),
    ...bundle,
    variables: [...config.secrets, ...config.storage.variables, ...config.telemetry],
  };
}

/** The CR's entries: the base config's were checked with it, a built-in one's by its tests, another's when it was read. */
function ownOf(providers: ResolvedConfig['providers']): ResolvedConfig['providers'] {
  const own = Object.entries(providers).map(([api, entries]) => [api, entries.filter(({ from }) => from === 'cr')]);
  return Object.fromEntries(own) as ResolvedConfig['providers'];
}

/** The tree of config.yaml, its keys in the order in which the server's own distributions have them. */
export function buildConfigYaml({ stack, release, distribution }: Resolved, config: ResolvedConfig): JsonObject {
  return {
    version: 2,
    ...Object.fromEntries(release.nameFields.map((field) => [field, distribution.name])),
    apis: config.apis,
    providers: buildProviders(config.providers),
    storage: buildStorage(config.storage),
    registered_resources: config.resources,
    server: buildServer(stack, config.server),
    ...(config.vectorStores && { vector_stores: config.vectorStores }),
    ...(config.safety && { safety: config.safety }),
    ...(config.connectors.length > 0 && { connectors: config.connectors }),
    ...config.rest,
    ...(release.telemetryKey && config.telemetry.length > 0 && { telemetry: { enabled: true } }),
  };
}

/** Canonical JSON: the keys sorted, no blanks. */
function hashOf(data: JsonObject, writer: Writer): string {
  const sorted = Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
  return shortHash(JSON.stringify(sorted), writer);
}

function shortHash(text: string, writer: Writer): string {
  return writer.sha256hex(text).slice(0, 8);
}
