import { expect, test } from 'vitest';
import { anywhere, demoSelector, resolved } from './resolved.fixture.ts';
import { buildAffinity, buildTopologySpread } from './scheduling.ts';

const labelSelector = { matchLabels: demoSelector };

function spreadOver(topologyKey: string) {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector };
}

test.each([
  ['replicas', { replicas: 2 }],
  ['autoscaling', { autoscaling: { minReplicas: 2, maxReplicas: 3, at: anywhere } }],
])('several pods by %s are spread over regions, zones and nodes', (_, workload) => {
  expect(buildTopologySpread(resolved({ workload }))).toStrictEqual([
    spreadOver('topology.kubernetes.io/region'),
    spreadOver('topology.kubernetes.io/zone'),
    spreadOver('kubernetes.io/hostname'),
  ]);
  expect(buildAffinity(resolved({ workload }))).toStrictEqual({
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { labelSelector, topologyKey: 'kubernetes.io/hostname' } },
      ],
    },
  });
});

test('one pod may be anywhere', () => {
  expect(buildTopologySpread(resolved())).toStrictEqual([]);
  expect(buildAffinity(resolved())).toBeUndefined();
});

test("the CR's constraints replace ours, an empty list too", () => {
  const written = [{ maxSkew: 2, topologyKey: 'example.com/rack', whenUnsatisfiable: 'DoNotSchedule' }];
  const workload = { replicas: 2, topologySpreadConstraints: written };
  expect(buildTopologySpread(resolved({ workload }))).toStrictEqual(written);
  expect(buildTopologySpread(resolved({ workload: { ...workload, topologySpreadConstraints: [] } }))).toStrictEqual([]);
});
