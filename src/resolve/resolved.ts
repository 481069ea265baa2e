import type { Json, JsonObject } from '../krm/result.ts';
import type { BaseProvider } from '../releases/base-config.ts';
import type { ProviderType, Release } from '../releases/release.ts';
import type { Variable } from '../secret-env.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';

/** The distribution that a CR runs on: its image, the release whose dialect it speaks, and where its base config is from. */
export interface ResolvedDistribution {
  /** `starter` */
  readonly name: string;
  /** `0.7.1` */
  readonly release: string;
  /** The image reference of the container. */
  readonly image: string;
  /** `built-in:starter@0.7.1` or `lock@sha256:…`; undefined with `overrideConfig`. */
  readonly baseConfig?: string;
}

/** A provider entry of config.yaml that stays as the base config has it. */
export interface KeptProvider {
  readonly from: 'base';
  readonly entry: BaseProvider;
}

/** A provider entry of config.yaml that the CR asks for, each part in its place. */
export interface CrProvider {
  readonly from: 'cr';
  readonly id: string;
  readonly type: ProviderType;
  /** Of an external provider: the Python package that brings the type. */
  readonly module?: string;
  /** What the base's entry of the same id and type holds, with `providerMerge: Overlay`. */
  readonly base: JsonObject;
  /** The server's conventional values for what the CR left open. */
  readonly defaults: JsonObject;
  readonly settings: JsonObject;
  /** The fields that `endpoint` gives: `{base_url: http://vllm:8000/v1}`. */
  readonly endpoint: JsonObject;
  /** Config field → the variable that carries its secret. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** An entry of `providers.<api>` in config.yaml. */
export type ResolvedProvider = KeptProvider | CrProvider;

/** An external provider whose Python packages an init container installs from its image. */
export interface InstalledProvider {
  readonly id: string;
  /** By digest, in the registry that is used. */
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
}

/** What the start program has to prepare in the environment before the server reads its config. */
export interface StartProgram {
  /** Variables with a PostgreSQL connection string to split: for `sql`, for `kv`. */
  readonly postgres: readonly ('sql' | 'kv')[];
  /** Whether it builds the host part of Redis from the endpoint and password variables. */
  readonly redis: boolean;
  /** Whether it makes the folder of the sqlite files: the server does that only for its kv file. */
  readonly sqliteFolder: boolean;
  /** Whether it joins the CA bundle with the image's own roots. */
  readonly caBundle: boolean;
}

/** `storage` of config.yaml and what the pod must carry for it. */
export interface ResolvedStorage {
  /** Backend name → its config: `{kv_default: {type: kv_sqlite, …}}`. */
  readonly backends: Readonly<Record<string, JsonObject>>;
  readonly stores: Readonly<Record<string, JsonObject>>;
  /** Variables of the pod: `PGHOST`, `LLSD_STORAGE_SQL_CONNECTION_STRING` … */
  readonly variables: readonly Variable[];
  readonly start: Omit<StartProgram, 'caBundle'>;
}

/** Everything that config.yaml is built from: base config and CR, merged and found good. */
export interface ResolvedConfig {
  /** The `apis` that are served, in order. */
  readonly apis: readonly string[];
  /** API → its entries, the CR's first. */
  readonly providers: Readonly<Record<string, readonly ResolvedProvider[]>>;
  /** The external providers, in the order of the CR. */
  readonly externalProviders: readonly InstalledProvider[];
  readonly storage: ResolvedStorage;
  /** `registered_resources` by kind: `models`, `shields`, `tool_groups` … */
  readonly resources: Readonly<Record<string, readonly JsonObject[]>>;
  /** `server` of the base config, over which the CR's is written. */
  readonly server: JsonObject;
  readonly vectorStores?: JsonObject;
  readonly safety?: JsonObject;
  readonly connectors: readonly JsonObject[];
  /** Keys of the base config that the CR has no word for, as they are. */
  readonly rest: Readonly<Record<string, Json>>;
  /** The providers' secrets, each once. */
  readonly secrets: readonly Variable[];
  /** Variables that turn telemetry on: `OTEL_*`. */
  readonly telemetry: readonly Variable[];
  readonly start: StartProgram;
  /** The ids by which clients call the CR's models: `vllm/llama3.2-8b`. */
  readonly modelIds: readonly string[];
}

/** What the CA bundle `networking.tls.caBundle` is mounted from. */
export interface ResolvedCaBundle {
  readonly configMapName: string;
  readonly key: string;
  /** Whether that is `<n>-ca-bundle`, which is to be written; else it is the user's ConfigMap as it is. */
  readonly generated: boolean;
  /** What stands under the key, where the package tells it. */
  readonly content?: string;
}

/** A CR with all its questions answered, from which every builder writes without finding fault. */
export interface Resolved {
  readonly stack: Stack;
  readonly options: RenderOptions;
  readonly release: Release;
  readonly distribution: ResolvedDistribution;
  /** Undefined with `overrideConfig`, which brings its own config.yaml. */
  readonly config?: ResolvedConfig;
  /** With `overrideConfig`: the data of that ConfigMap where it is in the package. */
  readonly overrideData?: JsonObject;
  readonly caBundle?: ResolvedCaBundle;
}
