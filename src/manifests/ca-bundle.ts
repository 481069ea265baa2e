import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import { caBundleKey, names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { buildMetadata } from './metadata.ts';

/**
 * The certificates of `networking.tls.caBundle` in one file, where they are several keys or in another namespace; none
 * where the pod mounts the user's ConfigMap as it is.
 */
export function caBundle(resolved: Resolved): Written<ConfigMap> | undefined {
  const { generated, content } = resolved.caBundle ?? {};
  if (generated !== true || content === undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: buildMetadata(resolved, names.caBundle(resolved.stack.name)),
    data: { [caBundleKey]: content },
  };
}
