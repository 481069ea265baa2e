import { expect, test } from 'vitest';
import { buildManifests } from './index.ts';
import { anywhere, plainConfig, resolved, startedConfig, type Given } from './resolved.fixture.ts';

const everything: Given = {
  networking: {
    port: 9000,
    tls: { secretName: 'cert', at: anywhere },
    expose: { hostname: 'llama.example.com', at: anywhere },
    allowedFrom: { namespaces: ['apps'], labels: ['team=ai'] },
  },
  workload: {
    replicas: 2,
    workers: 2,
    storage: { size: '20Gi', mountPath: '/.llama', at: anywhere },
    autoscaling: { maxReplicas: 4, at: anywhere },
    podDisruptionBudget: { minAvailable: 1 },
  },
  resolved: { caBundle: { configMapName: 'demo-ca-bundle', key: 'ca-bundle.crt', generated: true, content: 'PEM\n' } },
};

function kindsAndNames(given: Given) {
  return buildManifests(resolved(given), startedConfig).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

test('a CR with only its distribution gives five objects', () => {
  expect(kindsAndNames({})).toStrictEqual([
    'ServiceAccount demo-sa',
    'ConfigMap demo-config-4e5f6071',
    'Deployment demo',
    'Service demo-service',
    'NetworkPolicy demo-network-policy',
  ]);
});

test('a CR with everything gives each kind, those first that others refer to', () => {
  expect(kindsAndNames(everything)).toStrictEqual([
    'ServiceAccount demo-sa',
    'ConfigMap demo-config-4e5f6071',
    'ConfigMap demo-ca-bundle',
    'PersistentVolumeClaim demo-pvc',
    'Deployment demo',
    'Service demo-service',
    'NetworkPolicy demo-network-policy',
    'Ingress demo-ingress',
    'HorizontalPodAutoscaler demo-hpa',
    'PodDisruptionBudget demo-pdb',
  ]);
  expect(kindsAndNames({ ...everything, options: { platform: 'openshift' } })).toContain('Route demo-ingress');
});

/** The path of the first value that YAML and the Kubernetes API do not carry, or that would undo a field. */
function firstHole(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null) return path;
  if (typeof value !== 'object') return undefined;
  for (const [key, child] of Object.entries(value)) {
    const hole = firstHole(child, `${path}.${key}`);
    if (hole !== undefined) return hole;
  }
  return undefined;
}

test.each([
  ['nothing more', {}],
  ['everything', everything],
  ['everything on OpenShift', { ...everything, options: { platform: 'openshift' } } satisfies Given],
])('no object of a CR with %s holds null or undefined', (_, given) => {
  for (const object of buildManifests(resolved(given), startedConfig)) {
    expect(firstHole(object, object.kind)).toBeUndefined();
  }
});

test('without a namespace in the CR no object has one', () => {
  const cr = resolved({ ...everything, withoutNamespace: true });
  for (const { kind, metadata } of buildManifests(cr, plainConfig)) {
    expect(metadata, kind).not.toHaveProperty('namespace');
  }
});

test('the keys of every object start with apiVersion, kind and metadata, and those of metadata with name and namespace', () => {
  for (const object of buildManifests(resolved(everything), startedConfig)) {
    expect(Object.keys(object).slice(0, 3)).toStrictEqual(['apiVersion', 'kind', 'metadata']);
    const order = ['name', 'namespace', 'labels', 'annotations'];
    expect(Object.keys(object.metadata)).toStrictEqual(order.slice(0, Object.keys(object.metadata).length));
  }
});
