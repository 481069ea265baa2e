import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readWorkload } from './workload.ts';

function read(yaml: string) {
  const report = new Report();
  const workload = readWorkload(parse(yaml) as Json, Path.root.field('workload'), report);
  return { workload, results: report.results.map(({ severity, message, field }) => ({ severity, message, ...field })) };
}

test('what is not given has its default', () => {
  expect(readWorkload(undefined, Path.root, new Report())).toMatchObject({
    replicas: 1,
    resources: {},
    overrides: { env: [], volumes: [], volumeMounts: [] },
  });
  expect(read('{storage: {}}').workload.storage).toMatchObject({ size: '10Gi', mountPath: '/.llama' });
  expect(read('{}').workload.storage).toBeUndefined();
});

test.each([
  ['{replicas: 0, workers: 2}', { replicas: 0, workers: 2 }],
  [
    '{resources: {limits: {cpu: 1, memory: 4Gi, nvidia.com/gpu: "1"}, requests: {cpu: 0.5}}}',
    {
      resources: {
        limits: { cpu: '1', memory: '4Gi', 'nvidia.com/gpu': '1' },
        requests: { cpu: '0.5' },
      },
    },
  ],
  [
    '{autoscaling: {minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 80}}',
    { autoscaling: { maxReplicas: 3, targetCPUUtilizationPercentage: 80 } },
  ],
  ['{storage: {size: 20, mountPath: /data}}', { storage: { size: '20', mountPath: '/data' } }],
  ['{podDisruptionBudget: {minAvailable: 50%}}', { podDisruptionBudget: { minAvailable: '50%' } }],
  ['{podDisruptionBudget: {maxUnavailable: 1}}', { podDisruptionBudget: { maxUnavailable: 1 } }],
  [
    '{topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {a: b}}}]}',
    {
      topologySpreadConstraints: [{ maxSkew: 1, labelSelector: { matchLabels: { a: 'b' } } }],
    },
  ],
  [
    '{overrides: {serviceAccountName: sa, env: [{name: A, value: ""}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}], command: [a], args: [b, ""], terminationGracePeriodSeconds: 0}}',
    {
      overrides: {
        serviceAccountName: 'sa',
        env: [{ name: 'A', value: '' }, { name: 'B' }],
        command: ['a'],
        args: ['b', ''],
        terminationGracePeriodSeconds: 0,
      },
    },
  ],
  [
    '{overrides: {volumes: [{name: v, emptyDir: {sizeLimit: 1Gi}}], volumeMounts: [{name: v, mountPath: /v, readOnly: true}]}}',
    {
      overrides: {
        volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
        volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
      },
    },
  ],
])('%s is read', (yaml, expected) => {
  const { workload, results } = read(yaml);
  expect(results).toEqual([]);
  expect(workload).toMatchObject(expected);
});

describe('faults', () => {
  test.each([
    ['{replicas: -1}', 'replicas', undefined],
    ['{replicas: "3"}', 'replicas', 3],
    ['{replicas: 3000000000}', 'replicas', undefined],
    ['{workers: 0}', 'workers', undefined],
    ['{autoscaling: {}}', 'autoscaling.maxReplicas', undefined],
    ['{autoscaling: {minReplicas: 5, maxReplicas: 2}}', 'autoscaling.maxReplicas', 5],
    [
      '{autoscaling: {maxReplicas: 2, targetCPUUtilizationPercentage: 101}}',
      'autoscaling.targetCPUUtilizationPercentage',
      undefined,
    ],
    [
      '{autoscaling: {maxReplicas: 2, targetCpuUtilizationPercentage: 10}}',
      'autoscaling.targetCpuUtilizationPercentage',
      'targetCPUUtilizationPercentage',
    ],
    ['{storage: {size: 10GB}}', 'storage.size', '10G'],
    ['{storage: {size: 10 gi}}', 'storage.size', '10Gi'],
    ['{storage: {size: -1}}', 'storage.size', undefined],
    ['{storage: {mountPath: data}}', 'storage.mountPath', undefined],
    ['{storage: {mountPath: /a/../b}}', 'storage.mountPath', undefined],
    ['{podDisruptionBudget: {}}', 'podDisruptionBudget', { maxUnavailable: 1 }],
    ['{podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}}', 'podDisruptionBudget', undefined],
    ['{podDisruptionBudget: {minAvailable: 101%}}', 'podDisruptionBudget.minAvailable', undefined],
    ['{resources: {limits: {cpu: lots}}}', 'resources.limits.cpu', undefined],
    ['{resources: {limit: {}}}', 'resources.limit', 'limits'],
    ['{resources: {limits: {"a b": 1}}}', 'resources.limits["a b"]', undefined],
    [
      '{topologySpreadConstraints: [{maxSkew: 1, topologyKey: a}]}',
      'topologySpreadConstraints[0].whenUnsatisfiable',
      undefined,
    ],
    [
      '{topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: scheduleanyway}]}',
      'topologySpreadConstraints[0].whenUnsatisfiable',
      'ScheduleAnyway',
    ],
    ['{overrides: {env: [{value: a}]}}', 'overrides.env[0].name', undefined],
    ['{overrides: {env: [{name: a=b}]}}', 'overrides.env[0].name', undefined],
    ['{overrides: {env: [{name: A, value: 1}]}}', 'overrides.env[0].value', undefined],
    [
      '{overrides: {env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}}',
      'overrides.env[0]',
      undefined,
    ],
    ['{overrides: {env: [{name: A, valueFrom: {}}]}}', 'overrides.env[0].valueFrom', undefined],
    [
      '{overrides: {env: [{name: A, valueFrom: {secretRef: {}, fieldRef: {fieldPath: metadata.name}}}]}}',
      'overrides.env[0].valueFrom.secretRef',
      'secretKeyRef',
    ],
    ['{overrides: {env: [{name: A}, {name: A}]}}', 'overrides.env[1].name', undefined],
    ['{overrides: {env: {A: x}}}', 'overrides.env', undefined],
    ['{overrides: {command: []}}', 'overrides.command', undefined],
    ['{overrides: {command: sh}}', 'overrides.command', undefined],
    ['{overrides: {args: [1]}}', 'overrides.args[0]', undefined],
    [
      '{overrides: {env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}, fieldRef: {fieldPath: metadata.name}}}]}}',
      'overrides.env[0].valueFrom',
      undefined,
    ],
    ['{overrides: {volumes: [{name: v}]}}', 'overrides.volumes[0]', undefined],
    ['{overrides: {volumes: [{name: v, emptyDir: {}, secret: {}}]}}', 'overrides.volumes[0]', undefined],
    ['{overrides: {volumes: [{name: v, emptydir: {}, secret: {}}]}}', 'overrides.volumes[0].emptydir', 'emptyDir'],
    ['{overrides: {volumes: [{name: V_1, emptyDir: {}}]}}', 'overrides.volumes[0].name', 'v-1'],
    [
      '{overrides: {volumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}]}}',
      'overrides.volumes[1].name',
      undefined,
    ],
    ['{overrides: {volumeMounts: [{name: v, mountPath: a}]}}', 'overrides.volumeMounts[0].mountPath', undefined],
    [
      '{overrides: {volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /a}]}}',
      'overrides.volumeMounts[1].mountPath',
      undefined,
    ],
    ['{overrides: {terminationGracePeriodSeconds: 1.5}}', 'overrides.terminationGracePeriodSeconds', undefined],
    ['{overrides: {serviceAccount: a}}', 'overrides.serviceAccount', 'serviceAccountName'],
  ])('%s', (yaml, path, proposedValue) => {
    const { results } = read(yaml);
    expect(results).toMatchObject([{ severity: 'error', path: `workload.${path}` }]);
    expect(results[0]?.proposedValue).toEqual(proposedValue);
  });
});
