import { expect, it } from 'vitest';
import { fieldOfCr } from './field-of-cr.ts';

it.each([
  ['Deployment', 'spec.replicas', 'spec.workload.replicas'],
  ['Deployment', 'spec.template.spec.containers[0].resources.limits.cpu', 'spec.workload.resources'],
  ['Deployment', 'spec.template.spec.containers[0].env[3].value', 'spec.workload.overrides.env'],
  ['HorizontalPodAutoscaler', 'spec.maxReplicas', 'spec.workload.autoscaling'],
  ['Deployment', 'spec.replicasMore', undefined],
  ['Deployment', 'spec.minReadySeconds', undefined],
  ['ServiceAccount', 'spec', undefined],
  ['constructor', 'name', undefined],
])('an edit of %s %s belongs in %s', (kind, path, field) => {
  expect(fieldOfCr(kind, path)).toBe(field);
});
