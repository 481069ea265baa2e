import type { Json, Path, Report } from '../krm/result.ts';
import { dnsSubdomain } from './formats.ts';
import { readShape } from './read-shape.ts';
import { object, required } from './shape.ts';

/** `spec.overrideConfig`: a ConfigMap of the CR's namespace whose `config.yaml` is used as it is. */
export interface OverrideConfig {
  readonly configMapName: string;
  /** Whether the server sees all files of the ConfigMap, as under the operator; else `config.yaml` alone. */
  readonly allKeys?: true;
  readonly at: Path;
}

/** `spec.overrideConfig` as written. */
export const overrideConfigSchema = object(
  () => ({
    configMapName: required('The ConfigMap whose key `config.yaml` is the whole configuration.', dnsSubdomain()),
  }),
  { must: 'must be an object with `configMapName`' },
);

/** Reads `spec.overrideConfig`. */
export function readOverrideConfig(value: Json | undefined, at: Path, report: Report): OverrideConfig | undefined {
  const configMapName = readShape(overrideConfigSchema, value, at, report)?.configMapName;
  return configMapName === undefined ? undefined : { configMapName, at };
}
