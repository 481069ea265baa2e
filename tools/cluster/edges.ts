import type { Json, JsonObject } from '../../src/krm/result.ts';

/** Field → values at and beyond the edge of what the Kubernetes API takes there, all plausible to write. */
const values: Readonly<Record<string, readonly Json[]>> = {
  'metadata.name': ['a', 'a'.repeat(48), 'a'.repeat(49), '1a', 'a.b', 'A', 'a-', 'a--b'],
  'networking.port': [0, 80, 1023, 1024, 65_535, 65_536, -1, 8321.5, 1e21],
  'networking.tls.secretName': ['tls', 'My_TLS', 'a.b', 'a..b', 'a'.repeat(253), 'a'.repeat(254), '-a', ''],
  'networking.tls.caBundle.configMapName': ['authorities', 'a.b', 'A', 'a'.repeat(253), 'a'.repeat(254)],
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

function quantities(): Json[] {
  return [
    '1',
    1,
    0,
    '0',
    '1Gi',
    '1gb',
    '1GB',
    '1G',
    '1g',
    '1KB',
    '1k',
    '1K',
    '1Ki',
    '1e3',
    '1E3',
    '1e30',
    '1e400',
    '-1',
  ]
    .concat([
      '1.5Gi',
      '.5',
      '5.',
      '1 Gi',
      '1Zi',
      '+1',
      '0x10',
      '1_000',
      '1,5',
      '1u',
      '1n',
      '99999999999999999999',
      '8E',
      '9E',
    ])
    .concat(['16Ei', 'Infinity', 'NaN', '', '1e-3', '0.0000000001']);
}

function paths(): string[] {
  return [
    '/',
    '/.llama',
    'data',
    '/data/',
    '//data',
    '/data/../x',
    '/a:b',
    '/tmp',
    '/tmp/x',
    '/etc',
    '/etc/llama-stack',
  ].concat(['/a b', '/\u00fc', `/${'a'.repeat(4096)}`, '', '/proc', '/./data', '/a..b']);
}

function spreads(): JsonObject[] {
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' };
  const labelled = (labelSelector: JsonObject): JsonObject => ({ ...spread, labelSelector });
  const expression = (operator: string, values?: Json[]): JsonObject =>
    labelled({ matchExpressions: [{ key: 'a', operator, ...(values && { values }) }] });
  return [
    spread,
    { ...spread, maxSkew: 2_147_483_648 },
    { ...spread, topologyKey: 'a b' },
    { ...spread, topologyKey: '' },
    { ...spread, topologyKey: 'a/b/c' },
    { ...spread, minDomains: 2 },
    { ...spread, minDomains: 0 },
    { ...spread, minDomains: 2, whenUnsatisfiable: 'ScheduleAnyway' },
    { ...spread, matchLabelKeys: ['a'] },
    { ...spread, matchLabelKeys: ['a'], labelSelector: { matchLabels: { a: 'b' } } },
    { ...spread, matchLabelKeys: ['b'], labelSelector: { matchLabels: { a: 'b' } } },
    { ...spread, matchLabelKeys: ['a b'], labelSelector: { matchLabels: { a: 'b' } } },
    { ...spread, nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Ignore' },
    { ...spread, nodeAffinityPolicy: 'Maybe' },
    labelled({}),
    labelled({ matchLabels: { a: 'b'.repeat(64) } }),
    labelled({ matchLabels: { 'a b': 'c' } }),
    expression('In', ['b']),
    expression('In', []),
    expression('In'),
    expression('Exists'),
    expression('Exists', ['b']),
    expression('Equals', ['b']),
    expression('NotIn', ['b', 'b c']),
  ];
}

function variables(): JsonObject[] {
  const from = (valueFrom: JsonObject): JsonObject => ({ name: 'A', valueFrom });
  const field = (fieldPath: string): JsonObject => from({ fieldRef: { fieldPath } });
  const resource = (name: string, more: JsonObject = {}): JsonObject =>
    from({ resourceFieldRef: { resource: name, ...more } });
  return [
    ...['A', 'a.b', 'a-b', '1A', 'A B', 'A=B', 'Ä', '.', '..', ''].map((name) => ({ name, value: '' })),
    { name: 'A' },
    { name: 'A', value: '$(B)$$(C)' },
    { name: 'A', value: 'x'.repeat(100_000) },
    ...['metadata.name', 'metadata.labels', "metadata.labels['a']", "metadata.annotations['a/b']", 'status.podIP'].map(
      field,
    ),
    ...['status.podIPs', 'status.hostIPs', 'spec.nodeName', 'spec.containers', 'status.phase', 'metadata.foo', ''].map(
      field,
    ),
    ...['limits.cpu', 'requests.memory', 'limits.ephemeral-storage', 'limits.nvidia.com/gpu', 'cpu'].map((name) =>
      resource(name),
    ),
    resource('limits.cpu', { divisor: '1m' }),
    resource('limits.cpu', { divisor: '3m' }),
    resource('limits.memory', { divisor: '1Mi' }),
    resource('limits.memory', { divisor: '2Mi' }),
    resource('limits.cpu', { containerName: 'other' }),
    from({ secretKeyRef: { name: 'a', key: 'b' } }),
    from({ secretKeyRef: { name: 'A', key: 'b' } }),
    from({ secretKeyRef: { name: 'a', key: 'b/c' } }),
    from({ secretKeyRef: { name: 'a', key: '..' } }),
    from({ configMapKeyRef: { name: 'a', key: 'b'.repeat(254) } }),
  ];
}

function volumes(): JsonObject[] {
  const named = (name: string): JsonObject => ({ name, emptyDir: {} });
  return [
    ...['a', 'a'.repeat(63), 'a'.repeat(64), 'A', 'a.b', '1', '-a', ''].map(named),
    { name: 'a', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } },
    { name: 'a', persistentVolumeClaim: { claimName: 'c' } },
    { name: 'a', secret: { secretName: 's', optional: true } },
    { name: 'a', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    { name: 'a', projected: { sources: [{ secret: { name: 's' } }] } },
  ];
}

function mounts(): JsonObject[] {
  const mount = (more: JsonObject): JsonObject => ({ name: 'lls-storage', mountPath: '/more', ...more });
  return [
    ...paths().map((mountPath) => mount({ mountPath })),
    ...['a', 'a/b', '../a', 'a/../b', '/a', 'a..b', ''].map((subPath) => mount({ subPath })),
    ...['$(HOME)', '$(HOME)/a', '../a', '/a'].map((subPathExpr) => mount({ subPathExpr })),
    mount({ subPath: 'a', subPathExpr: 'b' }),
    mount({ mountPropagation: 'None' }),
    mount({ mountPropagation: 'HostToContainer' }),
    mount({ mountPropagation: 'Bidirectional' }),
    mount({ mountPropagation: 'Sideways' }),
    mount({ recursiveReadOnly: 'Enabled' }),
    mount({ recursiveReadOnly: 'Enabled', readOnly: true }),
    mount({ recursiveReadOnly: 'Enabled', readOnly: true, mountPropagation: 'None' }),
    mount({ recursiveReadOnly: 'IfPossible', readOnly: true }),
    mount({ recursiveReadOnly: 'Disabled' }),
    mount({ recursiveReadOnly: 'Sometimes', readOnly: true }),
  ];
}

/** One CR for each value, named by the field and what is written there. */
export function edges(): { name: string; cr: JsonObject }[] {
  return Object.entries(values).flatMap(([field, written]) =>
    written.map((value) => ({ name: `${field}: ${JSON.stringify(value).slice(0, 200)}`, cr: crWith(field, value) })),
  );
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
