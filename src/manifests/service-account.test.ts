import { expect, test } from 'vitest';
import { demoLabels, resolved } from './resolved.fixture.ts';
import { serviceAccount } from './service-account.ts';

test('the pods get an identity of their own, without a token', () => {
  expect(serviceAccount(resolved())).toStrictEqual({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'demo-sa', namespace: 'ai', labels: demoLabels },
    automountServiceAccountToken: false,
  });
});

test('`workload.overrides.serviceAccountName` names one that is there already', () => {
  expect(serviceAccount(resolved({ overrides: { serviceAccountName: 'ours' } }))).toBeUndefined();
});
