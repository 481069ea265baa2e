import { annotations } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { objectLabels } from './labels.ts';

/** The metadata of an object; a namespace only where the CR has one, since a later function may set it on both. */
export function buildMetadata(
  resolved: Resolved,
  name: string,
  objectAnnotations: Readonly<Record<string, string>> = {},
): KubernetesObject['metadata'] {
  const { namespace } = resolved.stack;
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    labels: objectLabels(resolved),
    ...(Object.keys(objectAnnotations).length > 0 && { annotations: { ...objectAnnotations } }),
  };
}

/** The annotations that say what the server runs and where its config comes from. */
export function originAnnotations(resolved: Resolved): Record<string, string> {
  const { name, release, baseConfig } = resolved.distribution;
  return {
    [annotations.distribution]: `${name}@${release}`,
    ...(baseConfig !== undefined && { [annotations.baseConfig]: baseConfig }),
  };
}
