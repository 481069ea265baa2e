import type { Path, Report } from '../krm/result.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { SecretReference } from '../spec/secret-reference.ts';
import type { Stack } from '../spec/stack.ts';

/** The keys of the Secrets and ConfigMaps of the package, as far as they can be known without a cluster. */
export interface Package {
  /**
   * The keys of an object, from its `data`, `stringData` or template; undefined when it is not in the package,
   * `any` when the package tells the object and not its keys.
   */
  keysOf(
    kind: 'Secret' | 'ConfigMap',
    name: string,
    namespace: string | undefined,
  ): readonly string[] | 'any' | undefined;
}

/** A key of a ConfigMap that the pod needs, and the field that names it. */
export interface ConfigMapReference {
  readonly name: string;
  readonly key: string;
  readonly at: Path;
}

/**
 * Checks every reference of the CR against the package: an object without the key is an error; what is not in the package
 * is listed once, as `missingReferences` says.
 */
export function checkReferences(
  stack: Stack,
  secrets: readonly SecretReference[],
  configMaps: readonly ConfigMapReference[],
  objects: Package,
  options: RenderOptions,
  report: Report,
): void {
  const missing = new Map<string, Path>();
  const check = (kind: 'Secret' | 'ConfigMap', { name, key, at }: ConfigMapReference): boolean => {
    const keys = objects.keysOf(kind, name, stack.namespace);
    if (keys === undefined) missing.set(`${kind} "${name}" with the key "${key}"`, at);
    else if (keys !== 'any' && !keys.includes(key)) reportMissingKey(kind, { name, key, at }, keys, report);
    return keys === 'any' || keys?.includes(key) === true;
  };
  const found = [
    ...secrets.map((secret) => check('Secret', secret)),
    ...configMaps.map((configMap) => check('ConfigMap', configMap)),
  ];
  const [first] = missing.values();
  if (first !== undefined) {
    const message = `The cluster must provide what is not in this package: ${[...missing.keys()].join(', ')}`;
    const tags = { condition: 'SecretsResolved', reason: 'SecretNotFound' };
    if (options.missingReferences === 'Error') report.error(first, message, tags);
    else if (options.missingReferences === 'Warn') report.warning(first, message, tags);
    else report.info(undefined, message, tags);
  } else if (secrets.length > 0 && found.every(Boolean)) {
    report.info(undefined, 'All referenced Secrets are in this package', {
      condition: 'SecretsResolved',
      reason: 'AllSecretsFound',
    });
  }
}

function reportMissingKey(
  kind: string,
  { name, key, at }: ConfigMapReference,
  keys: readonly string[],
  report: Report,
): void {
  report.error(
    at,
    `the ${kind} "${name}" of this package has no key "${key}"; its keys: ${keys.length === 0 ? 'none' : [...keys].sort().join(', ')}`,
    {
      currentValue: key,
      condition: 'SecretsResolved',
      reason: 'SecretKeyMissing',
    },
  );
}
