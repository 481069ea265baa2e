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

/** The volumes of the pod; the first three are the operator's. */
export const volumes = {
  data: 'lls-storage',
  config: 'user-config',
  caBundle: 'ca-bundle',
  tls: 'tls',
  tmp: 'tmp',
} as const;

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
  /** On the CR: options of the render, as YAML. */
  options: 'fn.llamastack.io/options',
} as const;
