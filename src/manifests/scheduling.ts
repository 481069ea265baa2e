import type { Affinity, TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';
import type { Resolved } from '../resolve/resolved.ts';
import { selectorLabels } from './labels.ts';
import { minimumReplicas } from './replicas.ts';

/** From the widest to the narrowest failure; the operator's. */
const spreadOver = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'kubernetes.io/hostname'];

/** `workload.topologySpreadConstraints` as written; else several pods are spread, as far as there is room. */
export function buildTopologySpread(resolved: Resolved): TopologySpreadConstraint[] {
  const written = resolved.stack.workload.topologySpreadConstraints;
  if (written !== undefined) return [...written];
  if (minimumReplicas(resolved) <= 1) return [];
  return spreadOver.map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(resolved) },
  }));
}

/** Several pods prefer nodes of their own. */
export function buildAffinity(resolved: Resolved): Affinity | undefined {
  if (minimumReplicas(resolved) <= 1) return undefined;
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            labelSelector: { matchLabels: selectorLabels(resolved) },
            topologyKey: 'kubernetes.io/hostname',
          },
        },
      ],
    },
  };
}
