import { caBundleKey, configKeys, installName } from './names.ts';
import type { Release } from './releases/release.ts';
import type { Stack } from './spec/stack.ts';

/** The folder of the ConfigMap with config.yaml; the operator's, so that a cluster can move over. */
export const configDirectory = '/etc/llama-stack';

/** The config.yaml inside the container, as RUN_CONFIG_PATH names it. */
export const configFile = `${configDirectory}/${configKeys.config}`;

/** The folder of the start program alone: it is on PYTHONPATH, where config.yaml has no business. */
export const startProgramDirectory = '/etc/llama-stack-start';

/** The folder of the TLS Secret `networking.tls.secretName`, with `tls.crt` and `tls.key`. */
export const tlsDirectory = '/etc/llama-stack-tls';

/** The folder of the CA bundle `networking.tls.caBundle`; the operator's. */
export const caBundleDirectory = '/etc/ssl/certs/ca-bundle';

/** The file of the CA bundle inside the container. */
export const caBundleFile = `${caBundleDirectory}/${caBundleKey}`;

/** The folder of the external providers' packages, one folder for each in it. */
export const externalProvidersDirectory = '/opt/llama-stack/external-providers';

/**
 * Where the packages of an external provider are, a folder of PYTHONPATH. Each has its own, since pip leaves out what is in
 * the folder already: the second of two packages `acme.a` and `acme.b` would be missing, with no error.
 */
export function externalProviderDirectory(providerId: string): string {
  return `${externalProvidersDirectory}/${installName(providerId)}`;
}

/** The folder for what may be lost with the pod, and the server's HOME: the root file system is read-only. */
export const tmpDirectory = '/tmp';

/** Where the data volume is mounted unless `workload.storage.mountPath` says otherwise. */
export const defaultDataDirectory = '/.llama';

/** Where the data volume is mounted. */
export function dataDirectory(stack: Stack): string {
  return stack.workload.storage?.mountPath ?? defaultDataDirectory;
}

/** The server's sqlite files: `<mountPath>/distributions/<name>`, where the image puts them under HOME=/. */
export function stateDirectory(mountPath: string, distribution: string): string {
  return `${mountPath}/distributions/${distribution}`;
}

/** The caches of libraries, on the data volume, so that a new pod need not download again. */
export function cacheDirectory(mountPath: string): string {
  return `${mountPath}/.cache`;
}

/**
 * The second mount of the data volume: `~/.llama` as the server and its configs spell it (`~/.ogx` of release 0.8).
 * Whoever writes to either path writes the same files.
 */
export function homeDataDirectory(release: Release): string {
  return `${tmpDirectory}/${release.stateDirectory}`;
}

/** The folders that we mount for this CR; a mount of `workload.overrides.volumeMounts` must be elsewhere. */
export function reservedMountPaths(stack: Stack, release: Release): readonly string[] {
  return [dataDirectory(stack), homeDataDirectory(release), ...readOnlyMountPaths(stack), tmpDirectory];
}

/** The folders of ours that the server cannot write: nothing can be mounted below them. */
export function readOnlyMountPaths({
  networking: { tls, caBundle },
  externalProviders,
  operator,
}: Stack): readonly string[] {
  return [
    ...(operator?.imageConfig === true ? [] : [configDirectory]),
    ...(operator === undefined ? [startProgramDirectory] : []),
    ...(externalProviders.length === 0 ? [] : [externalProvidersDirectory]),
    ...(tls === undefined ? [] : [tlsDirectory]),
    ...(caBundle === undefined ? [] : [caBundleDirectory]),
  ];
}
