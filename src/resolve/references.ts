import type { Json, Path, Report } from '../krm/result.ts';
import { configKeys } from '../names.ts';
import type { Variable } from '../secret-env.ts';
import type { LockedImage } from '../spec/distribution-lock.ts';
import type { CaBundle } from '../spec/networking.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Stack } from '../spec/stack.ts';
import type { ResolvedCaBundle } from './resolved.ts';

/** What of the package beside the CR is asked for: Secrets and ConfigMaps as far as they can be known without a cluster, the lock. */
export interface Package {
  /** What `llsd lock` found the images to be. */
  readonly locked: readonly LockedImage[];
  /**
   * The keys of an object, from its `data`, `stringData` or template; undefined when it is not in the package,
   * `any` when the package tells the object and not its keys.
   */
  keysOf(
    kind: 'Secret' | 'ConfigMap',
    name: string,
    namespace: string | undefined,
  ): readonly string[] | 'any' | undefined;
  /** What a ConfigMap holds; undefined when it is not in the package, or cannot be read. */
  configMap(name: string, namespace: string | undefined): ConfigMapData | undefined;
  /**
   * What a YAML text means; `fault` is the first thing in it that is no YAML (`line 3, column 5: …`), `unread` the first that
   * has no plain value or two: a tag, more aliases than anyone writes, a key given twice.
   */
  parse(text: string): { readonly value: Json; readonly fault?: string; readonly unread?: string };
}

/** What a ConfigMap of the package holds, as it is written. */
export interface ConfigMapData {
  readonly data: Json | undefined;
  readonly binaryData: Json | undefined;
}

/** A key of an object that the pod needs, and the field that names it. */
interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  /** Where it is not the CR's. */
  readonly namespace?: string;
  readonly key: string;
  readonly at: Path;
}

/**
 * Checks every reference of the CR against the package: an object without the key is an error; what is not in the package
 * is listed once, as `missingReferences` says.
 */
export function checkReferences(
  stack: Stack,
  variables: readonly Variable[],
  caBundle: ResolvedCaBundle | undefined,
  objects: Package,
  options: RenderOptions,
  report: Report,
): void {
  const references = [...fromVariables(variables), ...fromNetworking(stack, caBundle), ...fromOverrides(stack)];
  const missing = new Map<string, Path>();
  let complete = true;
  for (const reference of references) {
    const { kind, name, key, at } = reference;
    const keys = objects.keysOf(kind, name, reference.namespace ?? stack.namespace);
    if (keys === undefined) missing.set(`${kind} "${name}" with the key "${key}"`, at);
    else if (keys !== 'any' && !keys.includes(key)) {
      complete = false;
      reportMissingKey(reference, keys, report);
    }
  }
  const [first] = missing.values();
  if (first !== undefined) reportMissing([...missing.keys()], first, options, report);
  else if (complete && references.some(({ kind }) => kind === 'Secret')) {
    report.info(undefined, 'All referenced Secrets are in this package', {
      condition: 'SecretsResolved',
      reason: 'AllSecretsFound',
    });
  }
}

function fromVariables(variables: readonly Variable[]): readonly Reference[] {
  return variables.flatMap((variable) => ('secret' in variable ? [{ kind: 'Secret', ...variable.secret }] : []));
}

/** A CA bundle that cannot be made at all has been reported, and is not looked for. */
function fromNetworking(
  { networking, overrideConfig }: Stack,
  resolved: ResolvedCaBundle | undefined,
): readonly Reference[] {
  const { tls, caBundle } = networking;
  const certificate = tls ? ['tls.crt', 'tls.key'] : [];
  return [
    ...certificate.map((key): Reference => ({
      kind: 'Secret',
      name: tls?.secretName ?? '',
      key,
      at: tls?.at.field('secretName') ?? networking.at,
    })),
    ...(overrideConfig
      ? [
          {
            kind: 'ConfigMap' as const,
            name: overrideConfig.configMapName,
            key: configKeys.config,
            at: overrideConfig.at.field('configMapName'),
          },
        ]
      : []),
    ...(caBundle && resolved ? fromCaBundle(caBundle) : []),
  ];
}

function fromCaBundle({ configMapName, configMapNamespace, configMapKeys, at }: CaBundle): readonly Reference[] {
  return configMapKeys.map((key) => ({
    kind: 'ConfigMap',
    name: configMapName,
    ...(configMapNamespace !== undefined && { namespace: configMapNamespace }),
    key,
    at,
  }));
}

function fromOverrides({ workload }: Stack): readonly Reference[] {
  return workload.overrides.env.flatMap(({ valueFrom }, index): readonly Reference[] => {
    const at = workload.overrides.at.field('env').item(index).field('valueFrom');
    const { secretKeyRef: secret, configMapKeyRef: configMap } = valueFrom ?? {};
    if (secret?.name !== undefined && secret.optional !== true)
      return [{ kind: 'Secret', name: secret.name, key: secret.key, at }];
    if (configMap?.name !== undefined && configMap.optional !== true)
      return [{ kind: 'ConfigMap', name: configMap.name, key: configMap.key, at }];
    return [];
  });
}

function reportMissing(missing: readonly string[], at: Path, options: RenderOptions, report: Report): void {
  const message = `The cluster must provide what is not in this package: ${missing.join(', ')}`;
  const tags = { condition: 'SecretsResolved', reason: 'SecretNotFound' };
  if (options.missingReferences === 'Error') report.error(at, message, tags);
  else if (options.missingReferences === 'Warn') report.warning(at, message, tags);
  else report.info(undefined, message, tags);
}

function reportMissingKey({ kind, name, key, at }: Reference, keys: readonly string[], report: Report): void {
  const listed = keys.length === 0 ? 'none' : [...keys].sort().join(', ');
  report.error(at, `The ${kind} "${name}" of this package has no key "${key}"; its keys: ${listed}`, {
    currentValue: key,
    condition: 'SecretsResolved',
    reason: 'SecretKeyMissing',
  });
}
