import type { RenderOptions } from './spec/render-options.ts';
import type { Stack } from './spec/stack.ts';

/** The names of all objects made for the CR `<n>`; they are the operator's, so that a cluster can move over. */
export const names = {
  /** Immutable, so its name carries the first 8 digits of its content's hash. */
  config: (n: string, hash: string) => `${n}-config-${hash}`,
  deployment: (n: string) => n,
  service: (n: string) => `${n}-service`,
  networkPolicy: (n: string) => `${n}-network-policy`,
  serviceAccount: (n: string) => `${n}-sa`,
  ingress: (n: string) => `${n}-ingress`,
  horizontalPodAutoscaler: (n: string) => `${n}-hpa`,
  podDisruptionBudget: (n: string) => `${n}-pdb`,
  persistentVolumeClaim: (n: string) => `${n}-pvc`,
  caBundle: (n: string) => `${n}-ca-bundle`,
} as const;

/** The container's name in the Deployment; the operator's. */
export const containerName = 'llama-stack';

/**
 * The folder and, behind `install-provider-`, the init container of an external provider: its id as a DNS-1123 label of at
 * most 46 characters, so that the container's name is one of 63. `Acme.LLM_2` → `acme-llm-2`
 */
export function installName(providerId: string): string {
  const label = providerId.toLowerCase().replace(/[^a-z0-9]/g, '-');
  return label.slice(0, 46).replace(/-+$/, '');
}

/** The init container that installs an external provider. */
export function installContainerName(providerId: string): string {
  return `install-provider-${installName(providerId)}`;
}

/** The name of the port in Service and container; the operator's, by which clients and Routes find it. */
export const servicePortName = 'http';

/** The volumes of the pod; the first three are the operator's. A volume of `workload.overrides` must have another name. */
export const volumes = {
  data: 'lls-storage',
  caBundle: 'ca-bundle',
  config: 'user-config',
  startProgram: 'start-program',
  externalProviders: 'external-providers',
  tls: 'tls',
  tmp: 'tmp',
} as const;

/** The keys of the ConfigMap `<n>-config-<hash>`, each the name of the file that it becomes. */
export const configKeys = {
  config: 'config.yaml',
  /** Python runs a module of this name at every start, before the server reads its config; its other modules stand beside it. */
  startProgram: 'sitecustomize.py',
} as const;

/** The key of `<n>-ca-bundle`, and the name under which any CA bundle is mounted; the operator's. */
export const caBundleKey = 'ca-bundle.crt';

/** The host by which the server is exposed: `expose.hostname`, else `<n>-<namespace>.<ingressDomain>`, else any. */
export function exposedHost(stack: Stack, options: RenderOptions): string | undefined {
  const { expose } = stack.networking;
  if (expose?.hostname !== undefined) return expose.hostname;
  if (expose === undefined || options.ingressDomain === undefined || stack.namespace === undefined) return undefined;
  return `${stack.name}-${stack.namespace}.${options.ingressDomain}`;
}

/** Annotations and labels of our own. */
export const annotations = {
  /** On generated objects: the CR that they come from. */
  generatedFrom: 'llamastack.io/generated-from',
  /** On a generated object: the hash over what other functions do not touch, which shows a user's edit. */
  contentHash: 'llamastack.io/content-hash',
  /** `starter@0.7.1`, on the CR (stated), the ConfigMap and the Deployment. */
  distribution: 'llamastack.io/distribution',
  /** `built-in:starter@0.7.1` */
  baseConfig: 'llamastack.io/base-config',
  /** On pods: the hash of the config, so that a change rolls them. */
  configHash: 'llamastack.io/config-hash',
  /** On pods: the hash of the CA bundle, so that a change rolls them. */
  caBundleHash: 'llamastack.io/ca-bundle-hash',
  /** On the CR: options of the render, as YAML. */
  options: 'fn.llamastack.io/options',
} as const;
