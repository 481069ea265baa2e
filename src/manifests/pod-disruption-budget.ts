import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Written } from './kubernetes-object.ts';
import { selectorLabels } from './labels.ts';
import { buildMetadata } from './metadata.ts';
import { minimumReplicas } from './replicas.ts';

/** How many pods a drained node may take at once: `workload.podDisruptionBudget`; one where there are several. */
export function podDisruptionBudget(resolved: Resolved): Written<PodDisruptionBudget> | undefined {
  const { name, workload } = resolved.stack;
  const budget = workload.podDisruptionBudget;
  if (budget === undefined && minimumReplicas(resolved) <= 1) return undefined;
  const { minAvailable, maxUnavailable } = budget ?? {};
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: buildMetadata(resolved, names.podDisruptionBudget(name)),
    spec: {
      ...(minAvailable === undefined ? { maxUnavailable: maxUnavailable ?? 1 } : { minAvailable }),
      selector: { matchLabels: selectorLabels(resolved) },
    },
  };
}
