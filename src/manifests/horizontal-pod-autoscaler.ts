import type { HorizontalPodAutoscaler, MetricSpec } from 'kubernetes-types/autoscaling/v2.d.ts';
import { names } from '../names.ts';
import type { Resolved } from '../resolve/resolved.ts';
import type { Autoscaling } from '../spec/workload.ts';
import type { Written } from './kubernetes-object.ts';
import { buildMetadata } from './metadata.ts';
import { minimumReplicas } from './replicas.ts';

/** What scales the pods by `workload.autoscaling`. */
export function horizontalPodAutoscaler(resolved: Resolved): Written<HorizontalPodAutoscaler> | undefined {
  const { name, workload } = resolved.stack;
  const { autoscaling } = workload;
  if (autoscaling === undefined) return undefined;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: buildMetadata(resolved, names.horizontalPodAutoscaler(name)),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.deployment(name) },
      minReplicas: minimumReplicas(resolved),
      maxReplicas: autoscaling.maxReplicas,
      metrics: buildMetrics(autoscaling),
    },
  };
}

/** CPU at 80 % where the CR names no target, as the operator does. */
function buildMetrics(autoscaling: Autoscaling): MetricSpec[] {
  const { targetCPUUtilizationPercentage: cpu, targetMemoryUtilizationPercentage: memory } = autoscaling;
  if (memory === undefined) return [utilization('cpu', cpu ?? 80)];
  return [...(cpu === undefined ? [] : [utilization('cpu', cpu)]), utilization('memory', memory)];
}

function utilization(name: 'cpu' | 'memory', averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}
