import { expect, test } from 'vitest';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { anywhere, demoLabels, resolved } from './resolved.fixture.ts';

function metric(name: string, averageUtilization: number) {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

function specOf(autoscaling: object, replicas = 1) {
  const given = { workload: { replicas, autoscaling: { maxReplicas: 5, at: anywhere, ...autoscaling } } };
  return horizontalPodAutoscaler(resolved(given))?.spec;
}

test('the Deployment is scaled by CPU at 80 % unless the CR says otherwise', () => {
  const given = { workload: { autoscaling: { maxReplicas: 5, at: anywhere } } };
  expect(horizontalPodAutoscaler(resolved(given))).toStrictEqual({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'demo-hpa', namespace: 'ai', labels: demoLabels },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'demo' },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [metric('cpu', 80)],
    },
  });
});

test.each([
  [{ targetCPUUtilizationPercentage: 60 }, [metric('cpu', 60)]],
  [{ targetMemoryUtilizationPercentage: 70 }, [metric('memory', 70)]],
  [
    { targetCPUUtilizationPercentage: 60, targetMemoryUtilizationPercentage: 70 },
    [metric('cpu', 60), metric('memory', 70)],
  ],
])('%o gives just the metrics that it names', (targets, metrics) => {
  expect(specOf(targets)?.metrics).toStrictEqual(metrics);
});

test.each([
  [1, {}, 1],
  [0, {}, 1],
  [1, { minReplicas: 2 }, 2],
  [3, { minReplicas: 2 }, 3],
  [9, {}, 5],
])('with %i replicas and %o the floor is %i', (replicas, autoscaling, floor) => {
  expect(specOf(autoscaling, replicas)?.minReplicas).toBe(floor);
});

test('there is none without `workload.autoscaling`', () => {
  expect(horizontalPodAutoscaler(resolved())).toBeUndefined();
});
