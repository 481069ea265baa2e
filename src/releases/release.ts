import type { Json, JsonObject } from '../krm/result.ts';

/** What a JSON Schema says of a value without looking into it. */
export interface Bounds {
  readonly type?: 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
}

/** A JSON Schema as pydantic writes it, reduced to what a value is checked by, every `$ref` replaced by what it points at. */
export interface Schema extends Bounds {
  readonly anyOf?: readonly Schema[];
  readonly const?: Json;
  readonly format?: string;
  readonly exclusiveMaximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

/** A field of a provider's config: the name that the server reads, and what it takes. */
export interface ConfigField {
  readonly schema: Schema;
  /** Whether the server's model refuses a config without it. */
  readonly required?: true;
  readonly default?: Json;
  /** Whether the server treats the value as a secret. */
  readonly secret?: true;
}

/** Where the CR's `endpoint` of a provider goes. */
export interface Endpoint {
  /** `url`: the whole URL in one field; `host-port`: split into two fields; `connector`: a top-level connector. */
  readonly form: 'url' | 'host-port' | 'connector';
  /** The field of the URL or of the host: `base_url`, `host`. */
  readonly field?: string;
  /** The field of the port, for `host-port`. */
  readonly portField?: string;
  /**
   * What the path of the URL must end with (`/v1`), must not end with since the server adds it, or that it must be empty.
   * With `hostOnly` a URL that has a path of its own is left as it is: gateways serve that vendor's API under other roots.
   */
  readonly path?:
    { readonly add: string; readonly hostOnly?: true } | { readonly strip: string } | { readonly none: true };
  /** Whether the provider cannot start, or can answer nothing, without it. */
  readonly required?: true;
}

/** What a release knows of one provider type of one API. */
export interface ProviderType {
  /** `remote::vllm` */
  readonly type: string;
  readonly fields: Readonly<Record<string, ConfigField>>;
  readonly endpoint?: Endpoint;
  /** The field of the CR's `apiKey`: `api_token`. */
  readonly credential?: string;
  /** Fields without which the provider does not start, whatever the server's model says. */
  readonly required: readonly string[];
  /** Fields without which it does not start on its own default endpoint, the vendor's; with `endpoint` it does. */
  readonly requiredWithoutEndpoint?: readonly string[];
  /** Field → the field without which the server refuses it: `project` → `access_token`. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Pairs of fields of which the server takes one. */
  readonly excludes?: readonly (readonly [string, string])[];
  /**
   * The server's conventional values of fields that the CR need not know: `persistence`, `kvstore`, `db_path`; in them,
   * `{distribution}` stands for the distribution's name.
   */
  readonly defaults: JsonObject;
  /** What the server does with a field that it does not know. */
  readonly unknownFields: 'ignore' | 'allow' | 'forbid';
  /** The APIs without which the server does not start this provider. */
  readonly requires: readonly string[];
  /** The APIs that it uses when they are there. */
  readonly optional: readonly string[];
  /** When the server must reach it to start: always, or once a model or shield is registered on it; undefined: never. */
  readonly reachesAtStart?: 'always' | 'with-resources';
  /** Whether it takes any model at start without asking the provider, at a release that asks: always, or with a credential. */
  readonly skipsModelCheck?: 'always' | 'with-credential';
  /** Whether a model can be registered on it only with its credential, which the server lists its models with. */
  readonly listsWithKeyOnly?: true;
  /** The only models that can be registered on it, by the names that its adapter knows. */
  readonly modelIds?: readonly string[];
  /**
   * What its id must be so that models can be registered on it, where its adapter knows them by `<id>/<vendor's name>` and
   * calls its vendor with that: `watsonx`.
   */
  readonly modelPrefix?: string;
  /** The model types that it serves, where it does not serve all. */
  readonly serves?: readonly string[];
  /** The only ids that a shield of it may have at the provider: `Prompt-Guard-86M`. */
  readonly shieldIds?: readonly string[];
  /** Whether a shield of it judges with a registered model, so that it needs that model's identifier. */
  readonly judgesWithModel?: true;
  /** Why the server of this release cannot load it, where it cannot. */
  readonly unloadable?: string;
}

/** A provider type that was taken out of the server, for the error that names it. */
export interface RetiredType {
  /** `0.6` */
  readonly last: string;
  /** What to write instead, as a clause: "write `provider: openai` …". */
  readonly advice: string;
}

/** A store under `storage.stores` and the kind of backend that it needs. */
export interface Store {
  readonly kind: 'kv' | 'sql';
  /** Whether the server refuses to start without it. */
  readonly required: boolean;
  /** The reference that the server's distributions use: `{backend: kv_default, namespace: registry}`. */
  readonly reference: JsonObject;
}

/** What one release of the server knows: the dialect that every builder asks. Made by `tools/release` from the released package. */
export interface Release {
  /** `0.7.1` */
  readonly version: string;
  /** `0.7`: any patch of it speaks this dialect. */
  readonly minor: string;
  /** Image repository of its distributions: `docker.io/llamastack/distribution-`, followed by the name. */
  readonly imagePrefix: string;
  readonly apis: readonly string[];
  /** API → the routing table that the server makes for it: `inference` → `models`. */
  readonly autorouted: Readonly<Record<string, string>>;
  /** APIs that the server always runs by itself. */
  readonly internal: readonly string[];
  /** APIs that only other releases have: `telemetry`, `post_training`. */
  readonly otherApis: readonly string[];
  /** Another release's name of an API → this release's: `agents` → `responses`. */
  readonly renamedApis: Readonly<Record<string, string>>;
  /** API → another release's provider type → this release's: `inline::meta-reference` → `inline::builtin`. */
  readonly renamedTypes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** API → a provider type that no later release has → the last minor release that has it, and what to write instead. */
  readonly retiredTypes: Readonly<Record<string, Readonly<Record<string, RetiredType>>>>;
  /** Distribution → API → provider type → the Python packages that its image lacks for it, so that it cannot load it. */
  readonly missingPackages: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
  >;
  /** API → type → what the server knows of it. */
  readonly providers: Readonly<Record<string, Readonly<Record<string, ProviderType>>>>;
  readonly stores: Readonly<Record<string, Store>>;
  /** The fields of config.yaml that carry its name. */
  readonly nameFields: readonly string[];
  /** What a model is called by clients, after `<provider>/`. */
  readonly modelIdentifier: 'provider_model_id' | 'model_id';
  readonly modelTypes: readonly string[];
  /** Whether tool groups are registered from config.yaml, or made from the tool runtime providers. */
  readonly toolGroups: 'registered' | 'automatic';
  /** Short and full tool names → the tool group and the provider types that can serve it, the preferred one first. */
  readonly tools: Readonly<Record<string, { readonly toolGroup: string; readonly types: readonly string[] }>>;
  /** Whether config.yaml has `safety.default_shield_id`. */
  readonly defaultShield: boolean;
  /** Whether config.yaml has top-level `connectors`. */
  readonly connectors: boolean;
  /** Whether telemetry needs `telemetry.enabled` in config.yaml besides the OTEL_* variables. */
  readonly telemetryKey: boolean;
  /** Whether the server contacts a registered model's provider at start. */
  readonly checksModelsAtStart: boolean;
  /** Whether its Redis store gets bytes and compares them with text, so that the address must ask for text. */
  readonly redisGivesBytes: boolean;
  /** The path that answers 200 when the server is up: `/v1/health`. */
  readonly healthPath: string;
  /** Environment variables that the server reads: its port, the directory of its own settings. */
  readonly variables: { readonly port: string; readonly configDir: string };
  /** The directory of the server's state under HOME: `.llama`. */
  readonly stateDirectory: string;
  /** Variables that base configs and provider defaults take state paths from → the path in the state directory: `files`, or empty. */
  readonly stateVariables: Readonly<Record<string, string>>;
  /** What config.yaml as a whole must look like: the server's own model of it. */
  readonly config: Schema;
  /** The key under which the server's `kv_postgres` keeps rows unless told: `llamastack_kvstore`. */
  readonly kvTableName: string;
}
