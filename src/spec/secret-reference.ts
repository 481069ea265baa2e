import type { Path } from '../krm/result.ts';

/** A key of a Secret in the CR's own namespace, from `{name, key}` or `{secretKeyRef: {name, key}}`; never its value. */
export interface SecretReference {
  readonly name: string;
  readonly key: string;
  readonly at: Path;
}
