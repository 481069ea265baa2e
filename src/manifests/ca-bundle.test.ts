import { expect, test } from 'vitest';
import { caBundle } from './ca-bundle.ts';
import { demoLabels, resolved } from './resolved.fixture.ts';

test('joined certificates are in a ConfigMap of our own', () => {
  const given = resolved({
    resolved: {
      caBundle: { configMapName: 'demo-ca-bundle', key: 'ca-bundle.crt', generated: true, content: 'PEM\n' },
    },
  });
  expect(caBundle(given)).toStrictEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'demo-ca-bundle', namespace: 'ai', labels: demoLabels },
    data: { 'ca-bundle.crt': 'PEM\n' },
  });
});

test('one key of a ConfigMap is mounted as it is', () => {
  const asItIs = { configMapName: 'corporate', key: 'ca.pem', generated: false, content: 'PEM\n' };
  expect(caBundle(resolved({ resolved: { caBundle: asItIs } }))).toBeUndefined();
  expect(caBundle(resolved())).toBeUndefined();
});
