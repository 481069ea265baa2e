import type { Variable } from '../secret-env.ts';

/** What the ConfigMap and the pod carry for the server: built before the manifests, which only place it. */
export interface ServerConfig {
  /** The ConfigMap's data: `config.yaml`, and `sitecustomize.py` where a start program is needed; empty with `overrideConfig`. */
  readonly data: Readonly<Record<string, string>>;
  /** The first 8 hex digits of the sha256 of the data as canonical JSON; undefined where the data is not known. */
  readonly hash?: string;
  /** The variables that the config needs on the pod: secrets, storage, telemetry, the start program's. */
  readonly variables: readonly Variable[];
}
