import type { ConfigMap } from 'kubernetes-types/core/v1.d.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { buildMetadata, originAnnotations } from './metadata.ts';

/**
 * The config.yaml and the start program. Immutable, and named by its content: a changed config is a new ConfigMap, so
 * that image and config change in one update of the Deployment. None with `overrideConfig`, which brings its own.
 */
export function configMap(resolved: Resolved, config: ServerConfig): Written<ConfigMap> | undefined {
  const { stack } = resolved;
  if (stack.overrideConfig !== undefined || config.hash === undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: buildMetadata(resolved, names.config(stack.name, config.hash), originAnnotations(resolved)),
    immutable: true,
    data: { ...config.data },
  };
}
