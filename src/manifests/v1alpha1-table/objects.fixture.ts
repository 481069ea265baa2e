import { HASH, rowsOf, selector, type Row } from './row.fixture.ts';

const service = rowsOf('Service');
const serviceAccount = rowsOf('ServiceAccount');
const roleBinding = rowsOf('RoleBinding');
const persistentVolumeClaim = rowsOf('PersistentVolumeClaim');
const podDisruptionBudget = rowsOf('PodDisruptionBudget');
const horizontalPodAutoscaler = rowsOf('HorizontalPodAutoscaler');
const ingress = rowsOf('Ingress');
const networkPolicy = rowsOf('NetworkPolicy');
const everyObject = rowsOf('every object');

const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const team = { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } };
const router = { namespaceSelector: { matchLabels: { 'network.openshift.io/policy-group': 'ingress' } } };
const labels = {
  'app.kubernetes.io/managed-by': 'llama-stack-operator',
  'app.kubernetes.io/part-of': 'llama-stack',
  'llamastack.io/watch': 'true',
};
const ours = {
  ...selector,
  'app.kubernetes.io/name': 'llama-stack',
  'app.kubernetes.io/version': '0.7.1',
  'app.kubernetes.io/part-of': 'llama-stack',
  'app.kubernetes.io/managed-by': 'llsd',
};
const emptyInstance = { ...labels, app: 'llama-stack', 'app.kubernetes.io/instance': '' };

/** Every field of every object but the Deployment. */
export const objectRows: readonly Row[] = [
  service.equal('metadata.name', 'my-stack-service'),
  service.equal('spec.type', 'ClusterIP'),
  service.equal('spec.selector', selector),
  service.equal('spec.ports', [{ name: 'http', protocol: 'TCP', port: 8321, targetPort: 8321 }]),
  serviceAccount.equal('metadata.name', 'my-stack-sa'),
  serviceAccount.other(
    'automountServiceAccountToken',
    undefined,
    false,
    'The server does not call the Kubernetes API.',
  ),
  roleBinding.other(
    'metadata.name',
    'my-stack-rb',
    undefined,
    'On OpenShift the pods run in the range of their namespace and need no SCC of their own.',
  ),
  persistentVolumeClaim.equal('metadata.name', 'my-stack-pvc'),
  persistentVolumeClaim.equal('spec', {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '10Gi' } },
  }),
  persistentVolumeClaim.other(
    'metadata.annotations[client.lifecycle.config.k8s.io/deletion]',
    undefined,
    'detach',
    'The operator has its data deleted with the CR; here it outlives what made it.',
  ),
  persistentVolumeClaim.other(
    'metadata.annotations[argocd.argoproj.io/sync-options]',
    undefined,
    'Prune=false,Delete=false',
    'Argo CD leaves the data too.',
  ),
  podDisruptionBudget.equal('metadata.name', 'my-stack-pdb'),
  podDisruptionBudget.equal('spec', { maxUnavailable: 1, selector: { matchLabels: selector } }),
  podDisruptionBudget.other(
    'metadata.labels',
    emptyInstance,
    ours,
    'The labels of every object, where the operator leaves the instance empty.',
  ),
  horizontalPodAutoscaler.equal('metadata.name', 'my-stack-hpa'),
  horizontalPodAutoscaler.equal('spec.scaleTargetRef', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'my-stack',
  }),
  horizontalPodAutoscaler.equal('spec.minReplicas', 2),
  horizontalPodAutoscaler.equal('spec.maxReplicas', 4),
  horizontalPodAutoscaler.equal('spec.metrics', [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
  ]),
  horizontalPodAutoscaler.other(
    'metadata.labels',
    emptyInstance,
    ours,
    'The labels of every object, where the operator leaves the instance empty.',
  ),
  ingress.equal('metadata.name', 'my-stack-ingress'),
  ingress.equal('spec', {
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
  ingress.other(
    'metadata.labels',
    { 'app.kubernetes.io/managed-by': 'llama-stack-operator', 'app.kubernetes.io/instance': 'my-stack' },
    ours,
    'The labels of every object.',
  ),
  networkPolicy.equal('metadata.name', 'my-stack-network-policy'),
  networkPolicy.equal('spec.podSelector.matchLabels', selector),
  networkPolicy.equal('spec.policyTypes', ['Ingress']),
  networkPolicy.equal('spec.ingress[0].ports', [{ protocol: 'TCP', port: 8321 }]),
  networkPolicy.other(
    'spec.ingress[0].from',
    [{ podSelector: {} }, namespace('llama-stack-k8s-operator-system'), namespace('clients'), team, router],
    [{ podSelector: {} }, namespace('clients'), team],
    'There is no operator to let in; on OpenShift the router is let in where the server is exposed.',
  ),
  everyObject.equal('metadata.namespace', 'llama'),
  everyObject.other(
    'metadata.labels',
    labels,
    ours,
    'Who wrote it, and for whom; selectors know two of them, as under the operator.',
  ),
  everyObject.other(
    'metadata.ownerReferences',
    [{ kind: 'LlamaStackDistribution', name: 'my-stack', controller: true }],
    undefined,
    'Nothing is deleted with the CR.',
  ),
  everyObject.other(
    'metadata.annotations[llamastack.io/generated-from]',
    undefined,
    'my-stack',
    'Which CR it is replaced and removed with, instead of an owner.',
  ),
  everyObject.other(
    'metadata.annotations[llamastack.io/content-hash]',
    undefined,
    HASH,
    'By which an edit of a rendered file is found.',
  ),
];
