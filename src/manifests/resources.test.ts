import { expect, test } from 'vitest';
import { resolved } from './resolved.fixture.ts';
import { buildResources } from './resources.ts';

/** 1Gi less a millionth, in the units that are larger. */
const justBelow = [1, 2, 3].map(
  (power) => `${(0.999999 / 1024 ** power).toFixed(18)}${['Ti', 'Pi', 'Ei'][power - 1] ?? ''}`,
);

test.each([
  ['nothing', {}, undefined, { requests: { cpu: '1', memory: '1Gi' } }],
  [
    'workers: a core each, and limits as requested',
    {},
    4,
    { limits: { cpu: '4', memory: '1Gi' }, requests: { cpu: '4', memory: '1Gi' } },
  ],
  [
    'a request, which stays',
    { requests: { memory: '8Gi', cpu: '250m' } },
    undefined,
    { requests: { cpu: '250m', memory: '8Gi' } },
  ],
  [
    'a zero request, which counts as missing',
    { requests: { cpu: '0', memory: '0Mi' } },
    undefined,
    { requests: { cpu: '1', memory: '1Gi' } },
  ],
  [
    'limits above the defaults',
    { limits: { cpu: '2', memory: '4Gi' } },
    undefined,
    { limits: { cpu: '2', memory: '4Gi' }, requests: { cpu: '1', memory: '1Gi' } },
  ],
  [
    'limits below the defaults, which lower the requests',
    { limits: { cpu: '500m', memory: '900M' } },
    undefined,
    { limits: { cpu: '500m', memory: '900M' }, requests: { cpu: '500m', memory: '900M' } },
  ],
  [
    'one limit beside workers',
    { limits: { cpu: '1500m' } },
    2,
    { limits: { cpu: '1500m', memory: '1Gi' }, requests: { cpu: '1500m', memory: '1Gi' } },
  ],
  [
    'other resources and claims, which pass',
    { limits: { 'nvidia.com/gpu': '1' }, claims: [{ name: 'gpu' }] },
    undefined,
    { limits: { 'nvidia.com/gpu': '1' }, requests: { cpu: '1', memory: '1Gi' }, claims: [{ name: 'gpu' }] },
  ],
])('resources with %s', (_, resources, workers, expected) => {
  const { workload } = resolved({ workload: { resources, ...(workers !== undefined && { workers }) } }).stack;
  expect(buildResources(workload)).toStrictEqual(expected);
});

test.each(['100m', '5e-1', '5E-1', '.5', '999999u', '1e8n', '0.9'])('the cpu limit %s is below one core', (cpu) => {
  const { workload } = resolved({ workload: { resources: { limits: { cpu } } } }).stack;
  expect(buildResources(workload).requests).toStrictEqual({ cpu, memory: '1Gi' });
});

test.each(['1', '1000m', '1000000u', '1e9n', '1e10n', '1.0'])('the cpu limit %s is at least one core', (cpu) => {
  const { workload } = resolved({ workload: { resources: { limits: { cpu } } } }).stack;
  expect(buildResources(workload).requests).toStrictEqual({ cpu: '1', memory: '1Gi' });
});

test.each(['1G', '1023Mi', '1000000k', '1e9', '0.5Gi', '1048575Ki', '0.0009T', ...justBelow])(
  'the memory limit %s is below 1Gi',
  (memory) => {
    const { workload } = resolved({ workload: { resources: { limits: { memory } } } }).stack;
    expect(buildResources(workload).requests).toStrictEqual({ cpu: '1', memory });
  },
);

test.each(['1Gi', '1024Mi', '1.1G', '1E', '0.0009765625Ti', '1Pi', '2e9', '1e10'])(
  'the memory limit %s is at least 1Gi',
  (memory) => {
    const { workload } = resolved({ workload: { resources: { limits: { memory } } } }).stack;
    expect(buildResources(workload).requests).toStrictEqual({ cpu: '1', memory: '1Gi' });
  },
);
