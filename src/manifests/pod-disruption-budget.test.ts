import { expect, test } from 'vitest';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { anywhere, demoLabels, demoSelector, resolved } from './resolved.fixture.ts';

test('of several pods one may go at a time', () => {
  expect(podDisruptionBudget(resolved({ workload: { replicas: 3 } }))).toStrictEqual({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'demo-pdb', namespace: 'ai', labels: demoLabels },
    spec: { maxUnavailable: 1, selector: { matchLabels: demoSelector } },
  });
});

test.each([
  [{ minAvailable: 2 }, { minAvailable: 2 }],
  [{ maxUnavailable: '50%' }, { maxUnavailable: '50%' }],
  [{ maxUnavailable: 0 }, { maxUnavailable: 0 }],
  [{}, { maxUnavailable: 1 }],
])('`podDisruptionBudget: %o` holds for one pod too', (budget, spec) => {
  expect(podDisruptionBudget(resolved({ workload: { podDisruptionBudget: budget } }))?.spec).toStrictEqual({
    ...spec,
    selector: { matchLabels: demoSelector },
  });
});

test('autoscaling that never goes below two pods has one', () => {
  const autoscaling = { minReplicas: 2, maxReplicas: 4, at: anywhere };
  expect(podDisruptionBudget(resolved({ workload: { autoscaling } }))?.spec?.maxUnavailable).toBe(1);
});

test('one pod has none', () => {
  expect(podDisruptionBudget(resolved())).toBeUndefined();
});
