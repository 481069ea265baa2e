import type { Resolved } from '../resolve/resolved.ts';

/** The pods that run at least: `workload.replicas`, which autoscaling takes as a floor too, as the operator does. */
export function minimumReplicas({ stack }: Resolved): number {
  const { replicas, autoscaling } = stack.workload;
  if (autoscaling === undefined) return replicas;
  return Math.min(autoscaling.maxReplicas, Math.max(1, replicas, autoscaling.minReplicas ?? 1));
}
