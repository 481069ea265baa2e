import type { JsonObject } from '../../src/krm/result.ts';

/** A CR as it is written. */
export interface Cr {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}

/** A change of a CR, and what changes on the server with it. */
export interface Change {
  readonly name: string;
  readonly before: Cr;
  readonly after: Cr;
  /** In the words of `differences`. */
  readonly expected: readonly string[];
  /** What differs from a server that never had the CR of before. */
  readonly left?: readonly string[];
}

function stack(spec: JsonObject = {}, annotations: JsonObject = {}): Cr {
  return {
    apiVersion: 'llamastack.io/v1alpha2',
    kind: 'LlamaStackDistribution',
    metadata: { name: 'demo', annotations },
    spec: { distribution: { name: 'starter' }, ...spec },
  };
}

const plain = stack();
const claimed = stack({ workload: { storage: {} } });
const ofRelease = (release: string): Cr =>
  stack(
    { distribution: { image: `docker.io/llamastack/distribution-starter:${release}` } },
    {
      'llamastack.io/distribution': `starter@${release}`,
    },
  );
const env = (...variables: JsonObject[]): Cr => stack({ workload: { overrides: { env: variables } } });

const container = 'Deployment demo: spec.template.spec.containers[llama-stack]';

/** Ten ways and more in which a CR changes while its server runs. */
export const changes: readonly Change[] = [
  {
    name: '`networking.port`',
    before: plain,
    after: stack({ networking: { port: 9000 } }),
    expected: [
      '~ ConfigMap demo-config: data.config.yaml',
      `~ ${container}.ports[http].containerPort`,
      `~ ${container}.env[LLAMA_STACK_PORT].value`,
      `~ ${container}.livenessProbe.httpGet.port`,
      `~ ${container}.readinessProbe.httpGet.port`,
      `~ ${container}.startupProbe.httpGet.port`,
      '~ NetworkPolicy demo-network-policy: spec.ingress[0].ports[0].port',
      '~ Service demo-service: spec.ports[http].port',
      '~ Service demo-service: spec.ports[http].targetPort',
    ],
  },
  {
    name: 'another release',
    before: ofRelease('0.7.1'),
    after: ofRelease('0.8.0'),
    expected: [
      '~ ConfigMap demo-config: metadata.labels.app.kubernetes.io/version',
      '~ ConfigMap demo-config: metadata.annotations.llamastack.io/base-config',
      '~ ConfigMap demo-config: metadata.annotations.llamastack.io/distribution',
      '~ ConfigMap demo-config: data.config.yaml',
      '~ Deployment demo: metadata.labels.app.kubernetes.io/version',
      '~ Deployment demo: metadata.annotations.llamastack.io/base-config',
      '~ Deployment demo: metadata.annotations.llamastack.io/distribution',
      `~ ${container}.image`,
      `- ${container}.env[LLAMA_STACK_PORT]`,
      `- ${container}.env[LLAMA_STACK_CONFIG_DIR]`,
      `+ ${container}.env[OGX_PORT]`,
      `+ ${container}.env[OGX_CONFIG_DIR]`,
      `- ${container}.volumeMounts[/tmp/.llama]`,
      `+ ${container}.volumeMounts[/tmp/.ogx]`,
      '~ NetworkPolicy demo-network-policy: metadata.labels.app.kubernetes.io/version',
      '~ Service demo-service: metadata.labels.app.kubernetes.io/version',
      '~ ServiceAccount demo-sa: metadata.labels.app.kubernetes.io/version',
    ],
  },
  {
    name: 'more replicas',
    before: plain,
    after: stack({ workload: { replicas: 3 } }),
    expected: [
      '~ Deployment demo: spec.replicas',
      '+ Deployment demo: spec.template.spec.affinity',
      '+ Deployment demo: spec.template.spec.topologySpreadConstraints',
      '+ PodDisruptionBudget demo-pdb',
    ],
  },
  {
    name: '`workload.autoscaling` in place of `replicas`',
    before: stack({ workload: { replicas: 3 } }),
    // The number is nobody's then, and the API's default of 1 holds until the autoscaler sets it.
    after: stack({ workload: { autoscaling: { minReplicas: 3, maxReplicas: 5 } } }),
    expected: ['~ Deployment demo: spec.replicas', '+ HorizontalPodAutoscaler demo-hpa'],
  },
  {
    name: '`workload.storage` added',
    before: plain,
    after: claimed,
    expected: [
      '- Deployment demo: spec.template.spec.volumes[lls-storage].emptyDir',
      '+ Deployment demo: spec.template.spec.volumes[lls-storage].persistentVolumeClaim',
      '~ Deployment demo: spec.strategy.type',
      '- Deployment demo: spec.strategy.rollingUpdate',
      '+ PersistentVolumeClaim demo-pvc',
    ],
  },
  {
    name: '`workload.storage` removed: the claim stays',
    before: claimed,
    after: plain,
    left: ['+ PersistentVolumeClaim demo-pvc'],
    expected: [
      '- Deployment demo: spec.template.spec.volumes[lls-storage].persistentVolumeClaim',
      '+ Deployment demo: spec.template.spec.volumes[lls-storage].emptyDir',
      '~ Deployment demo: spec.strategy.type',
      '+ Deployment demo: spec.strategy.rollingUpdate',
    ],
  },
  {
    name: '`networking.tls`',
    before: plain,
    after: stack({ networking: { tls: { secretName: 'demo-tls' } } }),
    expected: [
      '~ ConfigMap demo-config: data.config.yaml',
      '+ Deployment demo: spec.template.spec.volumes[tls]',
      `+ ${container}.volumeMounts[/etc/llama-stack-tls]`,
      `~ ${container}.livenessProbe.httpGet.scheme`,
      `~ ${container}.readinessProbe.httpGet.scheme`,
      `~ ${container}.startupProbe.httpGet.scheme`,
      '+ Service demo-service: spec.ports[http].appProtocol',
    ],
  },
  {
    name: '`networking.expose`',
    before: plain,
    after: stack({ networking: { expose: { hostname: 'demo.example.com' } } }),
    expected: ['+ Ingress demo-ingress'],
  },
  {
    name: '`networking.expose` removed',
    before: stack({ networking: { expose: { hostname: 'demo.example.com' } } }),
    after: plain,
    expected: ['- Ingress demo-ingress'],
  },
  {
    name: 'a variable of `workload.overrides` removed',
    before: env({ name: 'A', value: '1' }, { name: 'B', value: '2' }),
    after: env({ name: 'B', value: '2' }),
    expected: [`- ${container}.env[A]`],
  },
  {
    name: 'a variable of `workload.overrides` from a Secret instead of a value',
    before: env({ name: 'A', value: '1' }),
    after: env({ name: 'A', valueFrom: { secretKeyRef: { name: 'secrets', key: 'a' } } }),
    expected: [`- ${container}.env[A].value`, `+ ${container}.env[A].valueFrom`],
  },
  {
    name: '`networking.allowedFrom`',
    before: plain,
    after: stack({ networking: { allowedFrom: { namespaces: ['clients'] } } }),
    expected: ['+ NetworkPolicy demo-network-policy: spec.ingress[0].from[1]'],
  },
  {
    name: '`workload.podDisruptionBudget`',
    before: stack({ workload: { podDisruptionBudget: { minAvailable: 1 } } }),
    after: stack({ workload: { podDisruptionBudget: { maxUnavailable: 1 } } }),
    expected: [
      '- PodDisruptionBudget demo-pdb: spec.minAvailable',
      '+ PodDisruptionBudget demo-pdb: spec.maxUnavailable',
    ],
  },
  {
    name: '`disabled`',
    before: plain,
    after: stack({ disabled: ['eval'] }),
    expected: ['~ ConfigMap demo-config: data.config.yaml'],
  },
  {
    name: '`overrideConfig`',
    before: plain,
    after: stack({ overrideConfig: { configMapName: 'own' } }),
    expected: [
      '- ConfigMap demo-config',
      '- Deployment demo: metadata.annotations.llamastack.io/base-config',
      '- Deployment demo: spec.template.metadata.annotations',
      '~ Deployment demo: spec.template.spec.volumes[user-config].configMap.name',
      '- Deployment demo: spec.template.spec.volumes[start-program]',
      `- ${container}.env[PYTHONPATH]`,
      `- ${container}.volumeMounts[/etc/llama-stack-start]`,
    ],
  },
];
