import type { Release } from './releases/release.ts';

/** The folder of the ConfigMap with config.yaml; the operator's, so that a cluster can move over. */
export const configDirectory = '/etc/llama-stack';

/** The config.yaml inside the container, as RUN_CONFIG_PATH names it. */
export const configFile = `${configDirectory}/config.yaml`;

/** The folder of the TLS Secret `networking.tls.secretName`, with `tls.crt` and `tls.key`. */
export const tlsDirectory = '/etc/llama-stack-tls';

/** The folder of the CA bundle `networking.tls.caBundle`; the operator's. */
export const caBundleDirectory = '/etc/ssl/certs/ca-bundle';

/** The file of the CA bundle inside the container. */
export const caBundleFile = `${caBundleDirectory}/ca-bundle.crt`;

/** Where the data volume is mounted unless `workload.storage.mountPath` says otherwise. */
export const defaultDataDirectory = '/.llama';

/** The server's sqlite files: `<mountPath>/distributions/<name>`, where the image puts them under HOME=/. */
export function stateDirectory(mountPath: string, distribution: string): string {
  return `${mountPath}/distributions/${distribution}`;
}

/** Uploaded files, beside the sqlite files. */
export function filesDirectory(mountPath: string, distribution: string): string {
  return `${stateDirectory(mountPath, distribution)}/files`;
}

/** The server's own settings directory on the data volume: `/.llama` of release 0.7. */
export function settingsDirectory(mountPath: string, release: Release): string {
  return mountPath === `/${release.stateDirectory}` ? mountPath : `${mountPath}/${release.stateDirectory}`;
}
