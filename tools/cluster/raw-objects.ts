import { parseAllDocuments } from 'yaml';
import { host } from '../../fn/function.ts';
import { isMapping, type Json, type JsonObject } from '../../src/krm/result.ts';
import { render } from '../../src/run.ts';
import { nameOf, type Applied } from './state.ts';

/** Where a value goes in an object: kind, path and what is put there. A list's entry goes by name or index, a new one by `+`. */
type Put = readonly [kind: string, path: readonly string[], value: Json];

const pod = ['spec', 'template', 'spec'];
const container = [...pod, 'containers', 'llama-stack'];

/** Field of a CR → where the Kubernetes API has what is written there. */
const places: Readonly<Record<string, (value: Json) => readonly Put[]>> = {
  'networking.port': (port) => [
    ['Service', ['spec', 'ports', 'http', 'port'], port],
    ['Service', ['spec', 'ports', 'http', 'targetPort'], port],
    ['Deployment', [...container, 'ports', 'http', 'containerPort'], port],
    ['NetworkPolicy', ['spec', 'ingress', '0', 'ports', '0', 'port'], port],
  ],
  'networking.tls.secretName': (name) => [['Deployment', [...pod, 'volumes', 'tls', 'secret', 'secretName'], name]],
  'networking.tls.caBundle.configMapName': (name) => [
    ['Deployment', [...pod, 'volumes', 'ca-bundle', 'configMap', 'name'], name],
  ],
  'networking.tls.caBundle': (bundle) => [
    [
      'Deployment',
      [...pod, 'volumes', 'ca-bundle', 'configMap', 'items', '0', 'key'],
      firstOf((bundle as JsonObject).configMapKeys ?? null),
    ],
  ],
  'networking.expose.hostname': (host) => [['Ingress', ['spec', 'rules', '0', 'host'], host]],
  'networking.allowedFrom.namespaces': (names) => namespaces(names, (name) => ({ matchLabels: { [nameLabel]: name } })),
  'networking.allowedFrom.labels': (labels) => namespaces(labels, toSelector),
  'overrideConfig.configMapName': (name) => [
    ['Deployment', [...pod, 'volumes', 'user-config', 'configMap', 'name'], name],
  ],
  'workload.replicas': (replicas) => [['Deployment', ['spec', 'replicas'], replicas]],
  'workload.workers': (workers) => [['Deployment', [...container, 'resources'], { requests: { cpu: workers } }]],
  'workload.resources': (resources) => [['Deployment', [...container, 'resources'], resources]],
  'workload.autoscaling': (autoscaling) => putAutoscaling(autoscaling as JsonObject),
  'workload.podDisruptionBudget': (budget) => [
    ['PodDisruptionBudget', ['spec', 'minAvailable'], (budget as JsonObject).minAvailable ?? null],
    ['PodDisruptionBudget', ['spec', 'maxUnavailable'], (budget as JsonObject).maxUnavailable ?? null],
  ],
  'workload.storage': (storage) => putStorage(storage as JsonObject),
  'workload.topologySpreadConstraints': (list) => [['Deployment', [...pod, 'topologySpreadConstraints'], list]],
  'workload.overrides.serviceAccountName': (name) => [['Deployment', [...pod, 'serviceAccountName'], name]],
  'workload.overrides.terminationGracePeriodSeconds': (seconds) => [
    ['Deployment', [...pod, 'terminationGracePeriodSeconds'], seconds],
  ],
  'workload.overrides.command': (command) => [['Deployment', [...container, 'command'], command]],
  'workload.overrides.env': (env) => [['Deployment', [...container, 'env'], env]],
  'workload.overrides.volumes': (volumes) => [['Deployment', [...pod, 'volumes', '+'], firstOf(volumes)]],
  'workload.overrides.volumeMounts': (mounts) => [['Deployment', [...container, 'volumeMounts', '+'], firstOf(mounts)]],
};

const nameLabel = 'kubernetes.io/metadata.name';

function namespaces(written: Json, selectorOf: (one: string) => JsonObject): Put[] {
  const peers = (written as readonly string[]).map((one) => ({
    namespaceSelector: one === '*' ? {} : selectorOf(one),
  }));
  return [['NetworkPolicy', ['spec', 'ingress', '0', 'from'], peers]];
}

function toSelector(label: string): JsonObject {
  const [, key = label, value] = /^([^=]*)=(.*)$/.exec(label) ?? [];
  return value === undefined ? { matchExpressions: [{ key, operator: 'Exists' }] } : { matchLabels: { [key]: value } };
}

function putAutoscaling({
  targetCPUUtilizationPercentage: cpu,
  targetMemoryUtilizationPercentage: memory,
  ...bounds
}: JsonObject): Put[] {
  const metrics = Object.entries({ cpu, memory }).flatMap(([name, averageUtilization]) =>
    averageUtilization === undefined
      ? []
      : [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } }],
  );
  return [
    ...Object.entries(bounds).map(([field, value]): Put => ['HorizontalPodAutoscaler', ['spec', field], value]),
    ...(metrics.length > 0 ? [['HorizontalPodAutoscaler', ['spec', 'metrics'], metrics] as const] : []),
  ];
}

function putStorage({ size, mountPath }: JsonObject): Put[] {
  return [
    ...(size === undefined
      ? []
      : [['PersistentVolumeClaim', ['spec', 'resources', 'requests', 'storage'], size] as const]),
    ...(mountPath === undefined
      ? []
      : [['Deployment', [...container, 'volumeMounts', '/.llama', 'mountPath'], mountPath] as const]),
  ];
}

/** A CR with every kind of object and volume. */
const base = {
  apiVersion: 'llamastack.io/v1alpha2',
  kind: 'LlamaStackDistribution',
  metadata: { name: 'demo', namespace: 'restricted' },
  spec: {
    distribution: { name: 'starter' },
    networking: {
      tls: { secretName: 'demo-tls', caBundle: { configMapName: 'authorities' } },
      expose: { hostname: 'demo.example.com' },
    },
    workload: { autoscaling: { maxReplicas: 2 }, podDisruptionBudget: { maxUnavailable: 1 }, storage: {} },
  },
};

/** What of ours a value would be in, as it is written and unchecked: to ask the API server itself about it. */
export function rawObjects(field: string, value: Json): Applied[] {
  const { manifests } = render([{ path: 'stack.yaml', text: JSON.stringify(base) }], {}, host);
  const objects = parseAllDocuments(manifests).map((document) => document.toJS() as Applied);
  if (field === 'metadata.name') {
    return JSON.parse(JSON.stringify(objects).replace(/\bdemo\b(?!\.)/g, value as string)) as Applied[];
  }
  const place = places[field];
  if (place === undefined) throw new Error(`${field} has no place among the objects`);
  return place(value).reduce<Applied[]>(
    (all, [kind, path, put]) =>
      all.map((object) => (object.kind === kind ? (putAt(object, path, put) as Applied) : object)),
    objects,
  );
}

function putAt(target: Json | undefined, [step, ...rest]: readonly string[], value: Json): Json {
  if (step === undefined) return value;
  if (!isList(target)) {
    const object = isMapping(target) ? target : {};
    return { ...object, [step]: putAt(object[step], rest, value) };
  }
  if (step === '+') return [...target, value];
  const wanted = target.findIndex((item, index) => (nameOf(item) ?? String(index)) === step);
  if (wanted < 0) throw new Error(`no entry ${step}`);
  return target.map((item, index) => (index === wanted ? putAt(item, rest, value) : item));
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function firstOf(list: Json): Json {
  return isList(list) ? (list[0] ?? null) : list;
}
