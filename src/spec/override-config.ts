import type { Path } from '../krm/result.ts';

/** `spec.overrideConfig`: a ConfigMap of the CR's namespace whose `config.yaml` is used as it is. */
export interface OverrideConfig {
  readonly configMapName: string;
  readonly at: Path;
}
