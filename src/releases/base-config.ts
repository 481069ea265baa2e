import type { Json, JsonObject } from '../krm/result.ts';

/** A provider entry as config.yaml writes it, environment expressions included. */
export interface BaseProvider {
  readonly provider_id: string;
  readonly provider_type: string;
  readonly config?: JsonObject;
  readonly module?: string;
}

/**
 * The parsed config.yaml of a distribution, built in (reduced to what differs from the server's defaults) or from an
 * image; keys that we know nothing of are kept as they are.
 */
export interface BaseConfig {
  readonly version: number;
  readonly apis?: readonly string[];
  readonly providers: Readonly<Record<string, readonly BaseProvider[]>>;
  readonly storage?: {
    readonly backends?: Readonly<Record<string, JsonObject>>;
    readonly stores?: Readonly<Record<string, JsonObject>>;
  };
  readonly registered_resources?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly vector_stores?: JsonObject;
  readonly safety?: JsonObject;
  readonly [key: string]: Json | object | undefined;
}

/** A distribution that is built in: a base config for one release, and what was mended in it. */
export interface BuiltInDistribution {
  /** `starter` */
  readonly name: string;
  readonly release: string;
  readonly config: BaseConfig;
  /** What differs from the shipped config, and why; undefined when nothing does. */
  readonly mended?: string;
}
