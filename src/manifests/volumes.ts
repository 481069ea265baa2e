import type { ConfigMapVolumeSource, Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { ServerConfig } from '../config/server-config.ts';
import {
  caBundleDirectory,
  configDirectory,
  dataDirectory,
  externalProvidersDirectory,
  homeDataDirectory,
  startProgramDirectory,
  tlsDirectory,
  tmpDirectory,
} from '../mounts.ts';
import { caBundleKey, configKeys, names, volumes } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';

/** The ConfigMap that holds config.yaml: the user's, or ours; undefined where the image's own config runs. */
export function configMapName({ stack }: Resolved, config: ServerConfig): string | undefined {
  if (stack.overrideConfig !== undefined) return stack.overrideConfig.configMapName;
  return config.hash === undefined ? undefined : names.config(stack.name, config.hash);
}

/** The pod's volumes: ours in a fixed order, then those of `workload.overrides`. */
export function buildVolumes(resolved: Resolved, config: ServerConfig): Volume[] {
  return [...ourVolumes(resolved, config).map(({ volume }) => volume), ...resolved.stack.workload.overrides.volumes];
}

/** Where the container sees its volumes, in the order of the volumes. */
export function buildVolumeMounts(resolved: Resolved, config: ServerConfig): VolumeMount[] {
  return [
    ...ourVolumes(resolved, config).flatMap(({ volume, mountPaths, readOnly }) =>
      mountPaths.map((mountPath) => ({ name: volume.name, mountPath, ...(readOnly && { readOnly }) })),
    ),
    ...resolved.stack.workload.overrides.volumeMounts,
  ];
}

/** A volume and the folders where the container sees it. */
interface Mounted {
  readonly volume: Volume;
  readonly mountPaths: readonly string[];
  readonly readOnly: boolean;
}

function ourVolumes(resolved: Resolved, config: ServerConfig): Mounted[] {
  const tls = resolved.stack.networking.tls;
  return [
    { volume: { name: volumes.tmp, emptyDir: {} }, mountPaths: [tmpDirectory], readOnly: false },
    // Mounted below the folder before it, too.
    dataVolume(resolved),
    ...caBundleVolume(resolved),
    ...configVolumes(resolved, config),
    ...externalProvidersVolume(resolved),
    ...(tls === undefined ? [] : [mounted({ name: volumes.tls, secret: tlsSecret(tls.secretName) }, tlsDirectory)]),
  ];
}

function dataVolume({ stack, release }: Resolved): Mounted {
  const claimName = names.persistentVolumeClaim(stack.name);
  const source = stack.workload.storage === undefined ? { emptyDir: {} } : { persistentVolumeClaim: { claimName } };
  return {
    volume: { name: volumes.data, ...source },
    mountPaths: [dataDirectory(stack), homeDataDirectory(release)],
    readOnly: false,
  };
}

function caBundleVolume({ caBundle }: Resolved): Mounted[] {
  if (caBundle === undefined) return [];
  const items = [{ key: caBundle.key, path: caBundleKey }];
  return [mounted({ name: volumes.caBundle, configMap: { name: caBundle.configMapName, items } }, caBundleDirectory)];
}

function configVolumes(resolved: Resolved, config: ServerConfig): Mounted[] {
  const name = configMapName(resolved, config);
  if (name === undefined) return [];
  const { allKeys } = resolved.stack.overrideConfig ?? {};
  const program = Object.keys(config.data).filter((key) => key !== configKeys.config);
  return [
    mounted(
      { name: volumes.config, configMap: allKeys ? { name } : filesOf(name, [configKeys.config]) },
      configDirectory,
    ),
    ...(program.length > 0
      ? [mounted({ name: volumes.startProgram, configMap: filesOf(name, program) }, startProgramDirectory)]
      : []),
  ];
}

/** What a provider brings is at most this, so that no pod fills the disk of its node; the operator's design. */
const externalProvidersSize = '2Gi';

function externalProvidersVolume({ config }: Resolved): Mounted[] {
  if (config === undefined || config.externalProviders.length === 0) return [];
  const emptyDir = { sizeLimit: externalProvidersSize };
  return [mounted({ name: volumes.externalProviders, emptyDir }, externalProvidersDirectory)];
}

function filesOf(configMap: string, keys: readonly string[]): ConfigMapVolumeSource {
  return { name: configMap, items: keys.map((key) => ({ key, path: key })) };
}

/** Only certificate and key: a `ca.crt` beside them is of no use to the server. */
function tlsSecret(secretName: string): NonNullable<Volume['secret']> {
  return { secretName, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) };
}

function mounted(volume: Volume, mountPath: string): Mounted {
  return { volume, mountPaths: [mountPath], readOnly: true };
}
