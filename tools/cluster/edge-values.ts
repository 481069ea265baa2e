import type { Json, JsonObject } from '../../src/krm/result.ts';

/** Amounts of the Kubernetes API, and what looks like some. */
export function quantities(): Json[] {
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

/** Paths in a container. */
export function paths(): string[] {
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

/** A topology spread constraint over the values of a label of nodes. */
export function spreadOver(topologyKey: string): JsonObject {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule' };
}

/** Topology spread constraints. */
export function spreads(): JsonObject[] {
  const spread = spreadOver('kubernetes.io/hostname');
  const labelled = (labelSelector: JsonObject): JsonObject => ({ ...spread, labelSelector });
  const expression = (operator: string, values?: Json[]): JsonObject =>
    labelled({ matchExpressions: [{ key: 'a', operator, ...(values && { values }) }] });
  return [
    spread,
    { ...spread, maxSkew: 2_147_483_648 },
    spreadOver('a b'),
    spreadOver(''),
    spreadOver('a/b/c'),
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

/** Variables of a container. */
export function variables(): JsonObject[] {
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

/** Volumes of a pod. */
export function volumes(): JsonObject[] {
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

/** Mounts of a container. */
export function mounts(): JsonObject[] {
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
