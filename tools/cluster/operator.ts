import type { JsonObject } from '../../src/krm/result.ts';

/** A stack that the in-cluster operator runs. */
export interface OperatedStack {
  readonly name: string;
  readonly namespace: string;
  /** The uid of its CR, which owns everything. */
  readonly uid: string;
  /** Whether the CR asks for a PersistentVolumeClaim. */
  readonly storage: boolean;
  readonly replicas: number;
}

/** The operator's CR: starter on its default port, with a variable of the user's. */
export function operatedCr({ name, namespace, storage, replicas }: Omit<OperatedStack, 'uid'>): JsonObject {
  const containerSpec = { port: 8321, env: [{ name: 'VLLM_URL', value: 'http://vllm:8000/v1' }] };
  return {
    apiVersion: 'llamastack.io/v1alpha1',
    kind: 'LlamaStackDistribution',
    metadata: { name, namespace },
    spec: { replicas, server: { distribution: { name: 'starter' }, containerSpec, ...(storage && { storage: {} }) } },
  };
}

/** What the operator makes of that CR, and of the `userConfig` that a user has beside it. */
export function operatorObjects(stack: OperatedStack): JsonObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(stack, 'sa') },
    ...(stack.storage ? [persistentVolumeClaim(stack)] : []),
    deployment(stack),
    service(stack),
    ...(stack.replicas > 1 ? [podDisruptionBudget(stack)] : []),
  ];
}

function selector({ name }: OperatedStack): JsonObject {
  return { app: 'llama-stack', 'app.kubernetes.io/instance': name };
}

function metadata({ name, namespace, uid }: OperatedStack, suffix?: string): JsonObject {
  return {
    name: suffix === undefined ? name : `${name}-${suffix}`,
    namespace,
    labels: {
      'app.kubernetes.io/managed-by': 'llama-stack-operator',
      'app.kubernetes.io/part-of': 'llama-stack',
      'llamastack.io/watch': 'true',
    },
    ownerReferences: [
      {
        apiVersion: 'llamastack.io/v1alpha1',
        kind: 'LlamaStackDistribution',
        name,
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}

function persistentVolumeClaim(stack: OperatedStack): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata(stack, 'pvc'),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
  };
}

function deployment(stack: OperatedStack): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(stack),
    spec: {
      replicas: stack.replicas,
      selector: { matchLabels: selector(stack) },
      ...(stack.storage && { strategy: { type: 'Recreate' } }),
      template: {
        metadata: {
          labels: selector(stack),
          annotations: { 'configmap.hash/user-config': '4711-user-config' },
        },
        spec: {
          serviceAccountName: `${stack.name}-sa`,
          securityContext: { fsGroup: 1001 },
          containers: [container()],
          volumes: [
            {
              name: 'lls-storage',
              ...(stack.storage ? { persistentVolumeClaim: { claimName: `${stack.name}-pvc` } } : { emptyDir: {} }),
            },
            { name: 'user-config', configMap: { name: 'user-config' } },
          ],
        },
      },
    },
  };
}

function container(): JsonObject {
  return {
    name: 'llama-stack',
    image: 'docker.io/llamastack/distribution-starter:0.7.1',
    command: ['/bin/sh', '-c', 'exec llama stack run /etc/llama-stack/config.yaml'],
    args: [],
    ports: [{ containerPort: 8321 }],
    env: [
      { name: 'HF_HOME', value: '/.llama' },
      { name: 'LLS_WORKERS', value: '1' },
      { name: 'LLS_PORT', value: '8321' },
      { name: 'LLAMA_STACK_CONFIG', value: '/etc/llama-stack/config.yaml' },
      { name: 'VLLM_URL', value: 'http://vllm:8000/v1' },
    ],
    resources: { requests: { cpu: '1', memory: '1Gi' } },
    startupProbe: {
      httpGet: { path: '/v1/health', port: 8321 },
      initialDelaySeconds: 15,
      timeoutSeconds: 30,
      failureThreshold: 3,
      successThreshold: 1,
    },
    volumeMounts: [
      { name: 'lls-storage', mountPath: '/.llama' },
      { name: 'user-config', mountPath: '/etc/llama-stack/', readOnly: true },
    ],
  };
}

function service(stack: OperatedStack): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(stack, 'service'),
    spec: {
      type: 'ClusterIP',
      selector: selector(stack),
      ports: [{ name: 'http', protocol: 'TCP', port: 8321, targetPort: 8321 }],
    },
  };
}

/** As the operator made it up to v0.8. */
function podDisruptionBudget(stack: OperatedStack): JsonObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(stack, 'pdb'),
    spec: { minAvailable: 1, selector: { matchLabels: selector(stack) } },
  };
}
