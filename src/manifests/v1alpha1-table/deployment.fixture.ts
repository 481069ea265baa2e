import { rowsOf, selector, type Row } from './row.fixture.ts';

const { equal, other } = rowsOf('Deployment');

const pod = 'spec.template.spec';
const container = `${pod}.containers[0]`;
const term = `${pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm`;
const ofOperator = { 'app.kubernetes.io/instance': 'my-stack' };
const bundle = { key: 'ca-bundle.crt', path: 'ca-bundle.crt' };
const health = { path: '/v1/health', port: 8321 };
const probe = { ...health, scheme: 'HTTP' };
const variable = (name: string): string => `${container}.env[${name}].value`;
const spread = (domain: string, matchLabels: typeof ofOperator) => ({
  maxSkew: 1,
  topologyKey: `${domain === 'hostname' ? 'kubernetes.io' : 'topology.kubernetes.io'}/${domain}`,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels },
});

/** Every field of the Deployment. */
export const deploymentRows: readonly Row[] = [
  equal('metadata.name', 'my-stack'),
  other(
    'metadata.annotations[llamastack.io/distribution]',
    undefined,
    'starter@0.7.1',
    'Which release the objects are made for.',
  ),
  equal('spec.selector.matchLabels', selector),
  equal('spec.replicas', undefined),
  equal('spec.strategy', { type: 'Recreate' }),
  equal('spec.template.metadata.labels', selector),
  other(
    'spec.template.metadata.annotations[configmap.hash/user-config]',
    'RESOURCE-VERSION-own',
    undefined,
    'It is the state of the cluster, which is not known without it; with the ConfigMap in the package its hash stands there instead.',
  ),
  equal(`${pod}.serviceAccountName`, 'my-stack-sa'),
  other(`${pod}.automountServiceAccountToken`, undefined, false, 'The server does not call the Kubernetes API.'),
  other(
    `${pod}.enableServiceLinks`,
    undefined,
    false,
    'Variables of other Services would end up in the environment that the config reads.',
  ),
  other(
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
    `${pod}.terminationGracePeriodSeconds`,
    undefined,
    60,
    'Requests that are on their way may end; Kubernetes gives 30 seconds.',
  ),
  other(
    `${term}.labelSelector.matchLabels`,
    { 'app.kubernetes.io/instance': 'my-stack' },
    selector,
    'The labels of the selector, so that other software of the same instance name does not count.',
  ),
  equal(`${pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight`, 100),
  equal(`${term}.topologyKey`, 'kubernetes.io/hostname'),
  other(
    `${pod}.topologySpreadConstraints`,
    ['region', 'zone', 'hostname'].map((domain) => spread(domain, ofOperator)),
    ['region', 'zone', 'hostname'].map((domain) => spread(domain, selector)),
    'The labels of the selector here too.',
  ),
  equal(`${container}.name`, 'llama-stack'),
  equal(`${container}.image`, 'docker.io/llamastack/distribution-starter:0.7.1'),
  other(
    `${container}.ports`,
    [{ containerPort: 8321 }],
    [{ name: 'http', containerPort: 8321, protocol: 'TCP' }],
    'The same port with the name that the Service gives to it.',
  ),
  other(
    `${container}.command`,
    ['/bin/sh', '-c', 'SCRIPT'],
    undefined,
    "The image's own entrypoint runs, which knows the release; it finds the config by `RUN_CONFIG_PATH`.",
  ),
  other(
    variable('RUN_CONFIG_PATH'),
    undefined,
    '/etc/llama-stack/config.yaml',
    'Where the entrypoint looks for the config.',
  ),
  other(
    variable('LLAMA_STACK_CONFIG'),
    '/etc/llama-stack/config.yaml',
    undefined,
    "The operator's script hands it to the server; the image's entrypoint does so by itself.",
  ),
  other(
    variable('LLAMA_STACK_PORT'),
    undefined,
    '8321',
    'The port that the server reads; under the operator another port than 8321 was not told to it.',
  ),
  equal(variable('LLS_PORT'), '8321'),
  equal(variable('LLS_WORKERS'), '2'),
  equal(variable('HF_HOME'), '/.llama'),
  equal(variable('SSL_CERT_FILE'), '/etc/ssl/certs/ca-bundle/ca-bundle.crt'),
  equal(variable('VLLM_URL'), 'http://vllm:8000/v1'),
  other(
    variable('HOME'),
    undefined,
    '/tmp',
    'The root file system is read-only and user 1001 has no home in the image.',
  ),
  other(
    variable('LLAMA_STACK_CONFIG_DIR'),
    undefined,
    '/.llama',
    "The image's default depends on HOME, as for all that the server keeps.",
  ),
  other(
    variable('FILES_STORAGE_DIR'),
    undefined,
    '/.llama/distributions/starter/files',
    'Likewise, for files that clients upload.',
  ),
  other(variable('MILVUS_DB_PATH'), undefined, '/.llama/distributions/starter', 'Likewise, for vectors.'),
  other(
    variable('XDG_CACHE_HOME'),
    undefined,
    '/.llama/.cache',
    'Caches outlive the pod, and their place in the image cannot be written.',
  ),
  other(
    variable('SQLITE_STORE_DIR'),
    undefined,
    '/.llama/distributions/starter',
    "The image's default depends on HOME; this is where it was, so that the state is found again.",
  ),
  equal(`${container}.resources`, {
    limits: { cpu: '2', memory: '1Gi' },
    requests: { cpu: '2', memory: '1Gi' },
  }),
  other(
    `${container}.startupProbe`,
    { httpGet: health, initialDelaySeconds: 15, timeoutSeconds: 30, failureThreshold: 3, successThreshold: 1 },
    { httpGet: probe, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
    'Ten minutes to start instead of 45 seconds, after which the operator restarts a server that loads models.',
  ),
  other(
    `${container}.readinessProbe`,
    undefined,
    { httpGet: probe, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    'No request to a pod that does not answer.',
  ),
  other(
    `${container}.livenessProbe`,
    undefined,
    { httpGet: probe, periodSeconds: 30, timeoutSeconds: 30, failureThreshold: 6 },
    'A server that hangs is started anew.',
  ),
  other(
    `${container}.lifecycle`,
    undefined,
    { preStop: { exec: { command: ['sleep', '5'] } } },
    'A rollout does not cut requests that are on their way.',
  ),
  other(
    `${container}.securityContext`,
    undefined,
    { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    'Pod Security "restricted".',
  ),
  equal(`${container}.volumeMounts[lls-storage]`, { name: 'lls-storage', mountPath: '/.llama' }),
  other(
    `${container}.volumeMounts[tmp]`,
    undefined,
    { name: 'tmp', mountPath: '/tmp' },
    'What is written outside the data volume, with a read-only root file system.',
  ),
  other(
    `${container}.volumeMounts[user-config]`,
    { name: 'user-config', mountPath: '/etc/llama-stack/', readOnly: true },
    { name: 'user-config', mountPath: '/etc/llama-stack', readOnly: true },
    'The same folder.',
  ),
  equal(`${container}.volumeMounts[ca-bundle]`, {
    name: 'ca-bundle',
    mountPath: '/etc/ssl/certs/ca-bundle',
    readOnly: true,
  }),
  other(
    `${pod}.volumes[tmp]`,
    undefined,
    { name: 'tmp', emptyDir: {} },
    'What is written outside the data volume, with a read-only root file system.',
  ),
  equal(`${pod}.volumes[lls-storage]`, {
    name: 'lls-storage',
    persistentVolumeClaim: { claimName: 'my-stack-pvc' },
  }),
  equal(`${pod}.volumes[user-config]`, { name: 'user-config', configMap: { name: 'own' } }),
  other(
    `${pod}.volumes[ca-bundle].configMap`,
    { name: 'my-stack-ca-bundle', items: [bundle] },
    { name: 'roots', items: [bundle] },
    'One key of a ConfigMap of the same namespace is mounted as it is; a bundle of several is made as under the operator.',
  ),
];
