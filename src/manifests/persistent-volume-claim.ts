import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import { names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { buildMetadata } from './metadata.ts';

/** What keeps deployment tools from deleting the state when the claim leaves the package, as kpt, Config Sync and Argo CD read it. */
const guards = {
  'client.lifecycle.config.k8s.io/deletion': 'detach',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
};

/** The claim for the data volume that `workload.storage` asks for. */
export function persistentVolumeClaim(resolved: Resolved): Written<PersistentVolumeClaim> | undefined {
  const { name, workload } = resolved.stack;
  if (workload.storage === undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: buildMetadata(resolved, names.persistentVolumeClaim(name), guards),
    // No storage class and no volume name: the cluster fills them, and they cannot change afterwards.
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: workload.storage.size } } },
  };
}
