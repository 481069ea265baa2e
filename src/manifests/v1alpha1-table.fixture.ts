import type { Json } from '../krm/result.ts';

/** A field of an object of the v1alpha1 CR in `docs/v1alpha1.md`: what the operator writes there, and what `llsd` does. */
export interface Row {
  readonly kind: string;
  /** `spec.template.spec.containers[0].ports` */
  readonly path: string;
  /** Undefined where it is left out. */
  readonly operator: Json | undefined;
  /** `equal`, or what `llsd` writes, and why it does. */
  readonly llsd: 'equal' | { readonly value: Json | undefined; readonly why: string };
}

const pod = 'spec.template.spec';
const container = `${pod}.containers[0]`;
const selector = { app: 'llama-stack', 'app.kubernetes.io/instance': 'my-stack' };

const equal = (kind: string, path: string, operator: Json | undefined): Row => ({
  kind,
  path,
  operator,
  llsd: 'equal',
});

const other = (kind: string, path: string, operator: Json | undefined, value: Json | undefined, why: string): Row => ({
  kind,
  path,
  operator,
  llsd: { value, why },
});

const health = { path: '/v1/health', port: 8321 };
const probe = { ...health, scheme: 'HTTP' };
const variable = (name: string): string => `${container}.env[${name}].value`;

/** Every field of every object, in the order of the objects. */
export const rows: readonly Row[] = [
  equal('Deployment', 'metadata.name', 'my-stack'),
  equal('Deployment', 'spec.selector.matchLabels', selector),
  equal('Deployment', 'spec.replicas', undefined),
  equal('Deployment', 'spec.strategy', { type: 'Recreate' }),
  equal('Deployment', 'spec.template.metadata.labels', selector),
  other(
    'Deployment',
    'spec.template.metadata.annotations[configmap.hash/user-config]',
    'RESOURCE-VERSION-own',
    undefined,
    'It is the state of the cluster, which is not known without it; with the ConfigMap in the package its hash stands there instead.',
  ),
  equal('Deployment', `${pod}.serviceAccountName`, 'my-stack-sa'),
  other(
    'Deployment',
    `${pod}.automountServiceAccountToken`,
    undefined,
    false,
    'The server does not call the Kubernetes API.',
  ),
  other(
    'Deployment',
    `${pod}.enableServiceLinks`,
    undefined,
    false,
    'Variables of other Services would end up in the environment that the config reads.',
  ),
  other(
    'Deployment',
    `${pod}.securityContext`,
    { fsGroup: 1001 },
    {
      runAsNonRoot: true,
      runAsUser: 1001,
      fsGroup: 1001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    'Pod Security "restricted"; `podSecurity: baseline` for images that need root.',
  ),
  other(
    'Deployment',
    `${pod}.terminationGracePeriodSeconds`,
    undefined,
    60,
    'Requests that are on their way may end; Kubernetes gives 30 seconds.',
  ),
  other(
    'Deployment',
    `${pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector.matchLabels`,
    { 'app.kubernetes.io/instance': 'my-stack' },
    selector,
    'The labels of the selector, so that other software of the same instance name does not count.',
  ),
  equal('Deployment', `${pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight`, 100),
  equal('Deployment', `${pod}.topologySpreadConstraints[2].topologyKey`, 'kubernetes.io/hostname'),
  equal('Deployment', `${container}.name`, 'llama-stack'),
  equal('Deployment', `${container}.image`, 'docker.io/llamastack/distribution-starter:0.7.1'),
  other(
    'Deployment',
    `${container}.ports`,
    [{ containerPort: 8321 }],
    [{ name: 'http', containerPort: 8321, protocol: 'TCP' }],
    'The same port with the name that the Service gives to it.',
  ),
  other(
    'Deployment',
    `${container}.command`,
    ['/bin/sh', '-c', 'SCRIPT'],
    undefined,
    "The image's own entrypoint runs, which knows the release; it finds the config by `RUN_CONFIG_PATH`.",
  ),
  other(
    'Deployment',
    variable('RUN_CONFIG_PATH'),
    undefined,
    '/etc/llama-stack/config.yaml',
    'Where the entrypoint looks for the config.',
  ),
  other(
    'Deployment',
    variable('LLAMA_STACK_CONFIG'),
    '/etc/llama-stack/config.yaml',
    undefined,
    "The operator's script hands it to the server; the image's entrypoint does so by itself.",
  ),
  other(
    'Deployment',
    variable('LLAMA_STACK_PORT'),
    undefined,
    '8321',
    'The port that the server reads; under the operator another port than 8321 was not told to it.',
  ),
  equal('Deployment', variable('LLS_PORT'), '8321'),
  equal('Deployment', variable('LLS_WORKERS'), '2'),
  equal('Deployment', variable('HF_HOME'), '/.llama'),
  equal('Deployment', variable('SSL_CERT_FILE'), '/etc/ssl/certs/ca-bundle/ca-bundle.crt'),
  equal('Deployment', variable('VLLM_URL'), 'http://vllm:8000/v1'),
  other(
    'Deployment',
    variable('HOME'),
    undefined,
    '/tmp',
    'The root file system is read-only and user 1001 has no home in the image.',
  ),
  other(
    'Deployment',
    variable('SQLITE_STORE_DIR'),
    undefined,
    '/.llama/distributions/starter',
    "The image's default depends on HOME; this is where it was, so that the state is found again.",
  ),
  equal('Deployment', `${container}.resources`, {
    limits: { cpu: '2', memory: '1Gi' },
    requests: { cpu: '2', memory: '1Gi' },
  }),
  other(
    'Deployment',
    `${container}.startupProbe`,
    { httpGet: health, initialDelaySeconds: 15, timeoutSeconds: 30, failureThreshold: 3, successThreshold: 1 },
    { httpGet: probe, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
    'Ten minutes to start instead of 45 seconds, after which the operator restarts a server that loads models.',
  ),
  other(
    'Deployment',
    `${container}.readinessProbe`,
    undefined,
    { httpGet: probe, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    'No request to a pod that does not answer.',
  ),
  other(
    'Deployment',
    `${container}.livenessProbe`,
    undefined,
    { httpGet: probe, periodSeconds: 30, timeoutSeconds: 30, failureThreshold: 6 },
    'A server that hangs is started anew.',
  ),
  other(
    'Deployment',
    `${container}.lifecycle`,
    undefined,
    { preStop: { exec: { command: ['sleep', '5'] } } },
    'A rollout does not cut requests that are on their way.',
  ),
  other(
    'Deployment',
    `${container}.securityContext`,
    undefined,
    { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    'Pod Security "restricted".',
  ),
  equal('Deployment', `${container}.volumeMounts[lls-storage]`, { name: 'lls-storage', mountPath: '/.llama' }),
  other(
    'Deployment',
    `${container}.volumeMounts[tmp]`,
    undefined,
    { name: 'tmp', mountPath: '/tmp' },
    'What is written outside the data volume, with a read-only root file system.',
  ),
  other(
    'Deployment',
    `${container}.volumeMounts[user-config]`,
    { name: 'user-config', mountPath: '/etc/llama-stack/', readOnly: true },
    { name: 'user-config', mountPath: '/etc/llama-stack', readOnly: true },
    'The same folder.',
  ),
  equal('Deployment', `${container}.volumeMounts[ca-bundle]`, {
    name: 'ca-bundle',
    mountPath: '/etc/ssl/certs/ca-bundle',
    readOnly: true,
  }),
  equal('Deployment', `${pod}.volumes[lls-storage]`, {
    name: 'lls-storage',
    persistentVolumeClaim: { claimName: 'my-stack-pvc' },
  }),
  equal('Deployment', `${pod}.volumes[user-config]`, { name: 'user-config', configMap: { name: 'own' } }),
  other(
    'Deployment',
    `${pod}.volumes[ca-bundle].configMap.name`,
    'my-stack-ca-bundle',
    'roots',
    'One key of a ConfigMap of the same namespace is mounted as it is; a bundle of several is made as under the operator.',
  ),
  equal('Service', 'metadata.name', 'my-stack-service'),
  equal('Service', 'spec.type', 'ClusterIP'),
  equal('Service', 'spec.selector', selector),
  equal('Service', 'spec.ports', [{ name: 'http', protocol: 'TCP', port: 8321, targetPort: 8321 }]),
  equal('ServiceAccount', 'metadata.name', 'my-stack-sa'),
  other(
    'RoleBinding',
    'metadata.name',
    'my-stack-rb',
    undefined,
    'On OpenShift the pods run in the range of their namespace and need no SCC of their own.',
  ),
  equal('PersistentVolumeClaim', 'metadata.name', 'my-stack-pvc'),
  equal('PersistentVolumeClaim', 'spec', {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '10Gi' } },
  }),
  other(
    'PersistentVolumeClaim',
    'metadata.annotations[client.lifecycle.config.k8s.io/deletion]',
    undefined,
    'detach',
    'The operator has its data deleted with the CR; here it outlives what made it.',
  ),
  equal('PodDisruptionBudget', 'metadata.name', 'my-stack-pdb'),
  equal('PodDisruptionBudget', 'spec', { maxUnavailable: 1, selector: { matchLabels: selector } }),
  equal('HorizontalPodAutoscaler', 'metadata.name', 'my-stack-hpa'),
  equal('HorizontalPodAutoscaler', 'spec.scaleTargetRef', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'my-stack',
  }),
  equal('HorizontalPodAutoscaler', 'spec.minReplicas', 2),
  equal('HorizontalPodAutoscaler', 'spec.maxReplicas', 4),
  equal('HorizontalPodAutoscaler', 'spec.metrics', [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
  ]),
  equal('Ingress', 'metadata.name', 'my-stack-ingress'),
  equal('Ingress', 'spec', {
    rules: [
      {
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: 'my-stack-service', port: { number: 8321 } } },
            },
          ],
        },
      },
    ],
  }),
  equal('NetworkPolicy', 'metadata.name', 'my-stack-network-policy'),
  equal('NetworkPolicy', 'spec.podSelector.matchLabels', selector),
  equal('NetworkPolicy', 'spec.policyTypes', ['Ingress']),
  equal('NetworkPolicy', 'spec.ingress[0].ports', [{ protocol: 'TCP', port: 8321 }]),
  equal('NetworkPolicy', 'spec.ingress[0].from[0]', { podSelector: {} }),
  other(
    'NetworkPolicy',
    'spec.ingress[0].from[1].namespaceSelector.matchLabels',
    { 'kubernetes.io/metadata.name': 'llama-stack-k8s-operator-system' },
    { 'kubernetes.io/metadata.name': 'clients' },
    'There is no operator to let in.',
  ),
  other(
    'NetworkPolicy',
    'spec.ingress[0].from[3]',
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'clients' } } },
    undefined,
    'The same peers without those of the operator, so that they stand elsewhere in the list; on OpenShift the router is let in where the server is exposed.',
  ),
  other(
    'Deployment',
    'metadata.ownerReferences',
    [{ kind: 'LlamaStackDistribution', name: 'my-stack', controller: true }],
    undefined,
    'Nothing is deleted with the CR.',
  ),
  other('Deployment', 'metadata.labels[app.kubernetes.io/managed-by]', 'llama-stack-operator', 'llsd', 'Who wrote it.'),
];
