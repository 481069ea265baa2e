import type { Path, Report } from '../krm/result.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { SecretReference } from '../spec/secret-reference.ts';
import type { Stack } from '../spec/stack.ts';

/** The keys of the Secrets and ConfigMaps of the package, as far as they can be known without a cluster. */
export interface Package {
  /** The keys of an object, from its `data`, `stringData` or template; undefined when it is not in the package. */
  keysOf(kind: 'Secret' | 'ConfigMap', name: string, namespace: string | undefined): readonly string[] | undefined;
}

/**
 * Checks every reference of the CR against the package: a Secret without the key is an error; what is not in the package
 * is listed once, as `missingReferences` says.
 */
export function checkReferences(
  stack: Stack,
  secrets: readonly SecretReference[],
  configMaps: readonly { readonly name: string; readonly at: Path }[],
  objects: Package,
  options: RenderOptions,
  report: Report,
): void {
  const missing = new Map<string, Path>();
  let failed = false;
  for (const secret of secrets) {
    const keys = objects.keysOf('Secret', secret.name, stack.namespace);
    if (keys === undefined) missing.set(`Secret "${secret.name}" with the key "${secret.key}"`, secret.at);
    else if (!keys.includes(secret.key)) {
      failed = true;
      report.error(
        secret.at,
        `the Secret "${secret.name}" of this package has no key "${secret.key}"; its keys: ${keys.length === 0 ? 'none' : [...keys].sort().join(', ')}`,
        {
          currentValue: secret.key,
          condition: 'SecretsResolved',
          reason: 'SecretKeyMissing',
        },
      );
    }
  }
  for (const configMap of configMaps) {
    if (objects.keysOf('ConfigMap', configMap.name, stack.namespace) === undefined)
      missing.set(`ConfigMap "${configMap.name}"`, configMap.at);
  }
  if (missing.size > 0) {
    const tags = { condition: 'SecretsResolved', reason: 'SecretNotFound' };
    const message = `The cluster must provide what is not in this package: ${[...missing.keys()].join(', ')}`;
    const [at] = missing.values();
    if (options.missingReferences === 'Error') report.error(at, message, tags);
    else if (options.missingReferences === 'Warn') report.warning(at, message, tags);
    else report.info(undefined, message, tags);
  } else if (!failed && secrets.length > 0) {
    report.info(undefined, 'All referenced Secrets are in this package', {
      condition: 'SecretsResolved',
      reason: 'AllSecretsFound',
    });
  }
}
