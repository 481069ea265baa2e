import type { Report } from '../krm/result.ts';
import type { Stack } from '../spec/stack.ts';
import type { Resolved } from './resolved.ts';

/**
 * What `networking.tls.caBundle` is mounted from: one key of a ConfigMap of the CR's namespace, as it is. Several keys, or
 * another namespace, would need the certificates joined into `<n>-ca-bundle`.
 */
export function resolveCaBundle(stack: Stack, report: Report): Resolved['caBundle'] {
  const { caBundle } = stack.networking;
  if (caBundle === undefined) return undefined;
  const [key] = caBundle.configMapKeys;
  if (caBundle.configMapNamespace !== undefined && caBundle.configMapNamespace !== stack.namespace) {
    report.error(
      caBundle.at.field('configMapNamespace'),
      'A CA bundle of another namespace is not supported yet; copy the ConfigMap into the namespace of the CR and remove this field',
      { currentValue: caBundle.configMapNamespace },
    );
  }
  if (caBundle.configMapKeys.length > 1) {
    report.error(
      caBundle.at.field('configMapKeys'),
      'Several keys of a CA bundle are not supported yet; put all certificates into one key',
      {
        currentValue: caBundle.configMapKeys,
        proposedValue: caBundle.configMapKeys.slice(0, 1),
      },
    );
  }
  return key === undefined ? undefined : { configMapName: caBundle.configMapName, key };
}
