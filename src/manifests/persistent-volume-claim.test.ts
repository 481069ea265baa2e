import { expect, test } from 'vitest';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';
import { anywhere, demoLabels, resolved } from './resolved.fixture.ts';

test('`workload.storage` is a claim that deployment tools leave alone', () => {
  const given = resolved({ workload: { storage: { size: '20Gi', mountPath: '/.llama', at: anywhere } } });
  expect(persistentVolumeClaim(given)).toStrictEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'demo-pvc',
      namespace: 'ai',
      labels: demoLabels,
      annotations: {
        'client.lifecycle.config.k8s.io/deletion': 'detach',
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      },
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } },
  });
});

test('without `workload.storage` there is no claim', () => {
  expect(persistentVolumeClaim(resolved())).toBeUndefined();
});
