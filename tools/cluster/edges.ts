import type { Json, JsonObject } from '../../src/krm/result.ts';
import { mounts, paths, quantities, spreadOver, spreads, variables, volumes } from './edge-values.ts';

/** Field → values at and beyond the edge of what the Kubernetes API takes there, all plausible to write. */
const values: Readonly<Record<string, readonly Json[]>> = {
  'metadata.name': ['a', 'a'.repeat(48), 'a'.repeat(49), '1a', 'a.b', 'A', 'a-', 'a--b'],
  'networking.port': [0, 80, 1023, 1024, 65_535, 65_536, -1, 8321.5, 1e21],
  'networking.tls.secretName': ['tls', 'My_TLS', 'a.b', 'a..b', 'a'.repeat(253), 'a'.repeat(254), '-a', ''],
  'networking.tls.caBundle.configMapName': ['authorities', 'a.b', 'A', 'a'.repeat(253), 'a'.repeat(254)],
  'networking.tls.caBundle': ['a', 'a.crt', 'a/b', '.', '..', '..a', '\u00e4', 'a'.repeat(253), 'a'.repeat(254)].map(
    bundleOf,
  ),
  'networking.expose.hostname': [
    'example',
    'a.example.com',
    'A.example.com',
    '*.example.com',
    'a.*.example.com',
    '*',
    '10.0.0.1',
    '1.2.3',
    'a_b.example.com',
    'example.com.',
    `${'a'.repeat(63)}.com`,
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(126)}a`,
    `${'a.'.repeat(127)}a`,
    'xn--bcher-kva.example',
    'bücher.example',
    'example.com:443',
    '',
  ],
  'networking.allowedFrom.namespaces': [
    [],
    ['*'],
    ['a', 'a'],
    ['a'.repeat(63)],
    ['a'.repeat(64)],
    ['a.b'],
    ['1'],
    [''],
  ],
  'networking.allowedFrom.labels': [
    [],
    ['a', 'a'],
    ['a='],
    ['=a'],
    ['a=b=c'],
    ['a/b=c'],
    ['a/b/c'],
    ['/a'],
    ['a/'],
    ['A_b.c/D-e_F.g=H_i.J-k'],
    ['a.b.c/D-e_F.g=H_i.J-k'],
    [`a=${'b'.repeat(63)}`],
    [`a=${'b'.repeat(64)}`],
    ['a'.repeat(63)],
    ['a'.repeat(64)],
    [`${'a'.repeat(253)}/b`],
    [`${'a'.repeat(254)}/b`],
    ['a=-b'],
    ['a=b_'],
    [''],
    ['!a'],
  ],
  'overrideConfig.configMapName': ['own', 'a.b', 'Own', 'a'.repeat(254), ''],
  'workload.replicas': [0, 1, 2_147_483_647, 2_147_483_648, -1, 1.5, '2'],
  'workload.workers': [1, 0, 1000, 1e9, 1e15, 1e16, 1e21],
  'workload.resources': [
    {},
    ...quantities().map((memory) => ({ requests: { memory } })),
    ...quantities().map((cpu) => ({ limits: { cpu } })),
    { requests: { cpu: '2' }, limits: { cpu: '1' } },
    { requests: { memory: '1Gi' }, limits: { memory: '1G' } },
    { requests: { cpu: '0.0001' } },
    { requests: { cpu: '1m', memory: '1m' } },
    { requests: { gpu: '1' } },
    { requests: { 'nvidia.com/gpu': 1 } },
    { limits: { 'nvidia.com/gpu': 1 } },
    { requests: { 'nvidia.com/gpu': 1 }, limits: { 'nvidia.com/gpu': 2 } },
    { limits: { 'nvidia.com/gpu': '0.5' } },
    { limits: { 'hugepages-2Mi': '4Mi' } },
    { limits: { 'hugepages-2Mi': '3Mi' } },
    { requests: { 'ephemeral-storage': '1Gi' }, limits: { 'ephemeral-storage': '2Gi' } },
    { requests: { 'requests.cpu': '1' } },
    { requests: { 'a b': '1' } },
    { requests: { storage: '1Gi' } },
    { requests: { 'kubernetes.io/thing': '1' } },
    { requests: { 'example.com/UPPER_case': 1 }, limits: { 'example.com/UPPER_case': 1 } },
    { limits: { cpu: 0 } },
    { requests: { cpu: 0 }, limits: { cpu: 0 } },
  ],
  'workload.autoscaling': [
    { maxReplicas: 1 },
    { maxReplicas: 0 },
    { maxReplicas: 2_147_483_647 },
    { maxReplicas: 2_147_483_648 },
    { maxReplicas: 5, minReplicas: 0 },
    { maxReplicas: 5, targetCPUUtilizationPercentage: 100 },
    { maxReplicas: 5, targetCPUUtilizationPercentage: 101 },
    { maxReplicas: 5, targetMemoryUtilizationPercentage: 0 },
  ],
  'workload.podDisruptionBudget': [
    { minAvailable: 0 },
    { minAvailable: '100%' },
    { minAvailable: '101%' },
    { maxUnavailable: '0%' },
    { maxUnavailable: '050%' },
    { maxUnavailable: '1' },
    { maxUnavailable: 2_147_483_648 },
    { maxUnavailable: -1 },
  ],
  'workload.storage': [{}, ...quantities().map((size) => ({ size })), ...paths().map((mountPath) => ({ mountPath }))],
  'workload.topologySpreadConstraints': spreads().map((one) => [one]),
  'workload.overrides.serviceAccountName': ['a', 'a.b', 'A', 'a'.repeat(253), 'a'.repeat(254), ''],
  'workload.overrides.terminationGracePeriodSeconds': [0, 1, 86_400, 2 ** 31, 2 ** 53, 1e21, -1],
  'workload.overrides.command': [[''], ['a\u0000b'], ['a\nb'], ['$(HOME)']],
  'workload.overrides.env': variables().map((one) => [one]),
  'workload.overrides.volumes': volumes().map((one) => [one]),
  'workload.overrides.volumeMounts': mounts().map((one) => [one]),
};

const asOperator = "the operator's own schema refuses it";
const noSuchObject = 'no object has such a name';
const noSuchLabel = 'no node has such a label';
const claimAt = (mountPath: string): Json => ({ mountPath });
const mountAt = (mountPath: string): Json => [{ name: 'lls-storage', mountPath }];

/** What we refuse although the API server takes it: the field, the values, and why. */
const stricter: readonly (readonly [field: string, why: string, ...values: Json[]])[] = [
  ['metadata.name', 'the limit of the operator, so that every object has a name of its own', 'a'.repeat(49)],
  ['networking.port', 'the server refuses it', 80, 1023],
  ['networking.tls.secretName', noSuchObject, 'My_TLS', 'a..b', 'a'.repeat(254), '-a'],
  ['networking.tls.caBundle.configMapName', noSuchObject, 'A', 'a'.repeat(254)],
  [
    'networking.tls.caBundle',
    'no ConfigMap has such a key',
    ...['a/b', '.', '..', '..a', '\u00e4', 'a'.repeat(254)].map(bundleOf),
  ],
  ['overrideConfig.configMapName', noSuchObject, 'Own', 'a'.repeat(254)],
  ['networking.expose.hostname', 'clients take a name that ends in a number for an address', '1.2.3'],
  ['networking.expose.hostname', 'it is the one name that clients call', '*.example.com', ''],
  ['networking.allowedFrom.namespaces', noSuchObject, ['a.b'], ['']],
  ['workload.workers', 'nobody has so many processors', 0, 1e15, 1e16, 1e21],
  ['workload.autoscaling', asOperator, { maxReplicas: 5, targetCPUUtilizationPercentage: 101 }],
  ['workload.storage', 'no container starts with it', claimAt('/')],
  ['workload.storage', 'the documentation of the API asks for another', ...['data', '/a:b', '/data/../x'].map(claimAt)],
  ['workload.topologySpreadConstraints', noSuchLabel, ...['a b', 'a/b/c'].map((key) => [spreadOver(key)])],
  ['workload.overrides.serviceAccountName', noSuchObject, ''],
  ['workload.overrides.terminationGracePeriodSeconds', 'beyond 68 years', 2 ** 31, 2 ** 53, 1e21],
  ['workload.overrides.terminationGracePeriodSeconds', 'the cluster makes 1 of it', -1],
  ['workload.overrides.volumeMounts', 'no container starts with it', mountAt('/')],
  [
    'workload.overrides.volumeMounts',
    'the documentation of the API asks for another',
    ...['data', '/a:b', '/data/../x'].map(mountAt),
  ],
];

/** A CR with one field at the edge, named by the field and what is written there. */
export interface Edge {
  readonly name: string;
  readonly field: string;
  readonly value: Json;
  readonly cr: JsonObject;
  /** Why we refuse it although the API server takes it. */
  readonly stricter: string | undefined;
}

/** An edge for each value. */
export function edges(): Edge[] {
  return Object.entries(values).flatMap(([field, written]) =>
    written.map((value) => {
      const name = `${field}: ${shortened(JSON.stringify(value))}`;
      return { name, field, value, cr: crWith(field, value), stricter: whyStricter(field, value) };
    }),
  );
}

function shortened(text: string): string {
  return text.length <= 140 ? text : `${text.slice(0, 100)}… (${text.length} characters)`;
}

function whyStricter(field: string, value: Json): string | undefined {
  const same = (other: Json): boolean => JSON.stringify(other) === JSON.stringify(value);
  return stricter.find(([of, , ...refused]) => of === field && refused.some(same))?.[1];
}

function crWith(field: string, value: Json): JsonObject {
  const metadata = { name: 'demo', namespace: 'restricted' };
  const spec = { distribution: { name: 'starter' } };
  const cr = { apiVersion: 'llamastack.io/v1alpha2', kind: 'LlamaStackDistribution', metadata, spec };
  if (field === 'metadata.name') return { ...cr, metadata: { ...metadata, name: value } };
  const nested = field
    .split('.')
    .reverse()
    .reduce<Json>((inner, key) => ({ [key]: inner }), value) as JsonObject;
  return { ...cr, spec: { ...spec, ...nested } };
}

function bundleOf(key: string): Json {
  return { configMapName: 'authorities', configMapKeys: [key] };
}
