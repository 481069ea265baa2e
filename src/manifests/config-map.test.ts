import { expect, test } from 'vitest';
import { configMap } from './config-map.ts';
import { anywhere, demoLabels, plainConfig, resolved, startedConfig } from './resolved.fixture.ts';

test('config.yaml is in an immutable ConfigMap that is named by its content', () => {
  expect(configMap(resolved(), plainConfig)).toStrictEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'demo-config-0a1b2c3d',
      namespace: 'ai',
      labels: demoLabels,
      annotations: {
        'llamastack.io/distribution': 'starter@0.7.1',
        'llamastack.io/base-config': 'built-in:starter@0.7.1',
      },
    },
    immutable: true,
    data: { 'config.yaml': 'version: 2\n' },
  });
});

test('a start program is a second key', () => {
  expect(configMap(resolved(), startedConfig)?.data).toStrictEqual(startedConfig.data);
});

test('there is none with `overrideConfig`, whose data may be known', () => {
  const given = resolved({ stack: { overrideConfig: { configMapName: 'mine', at: anywhere } } });
  expect(configMap(given, { data: {}, hash: '0a1b2c3d', variables: [] })).toBeUndefined();
});

test("there is none where the image's own config runs", () => {
  expect(configMap(resolved(), { data: {}, variables: [] })).toBeUndefined();
});
