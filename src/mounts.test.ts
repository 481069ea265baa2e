import { expect, test } from 'vitest';
import { buildVolumeMounts } from './manifests/volumes.ts';
import { anywhere, resolved, startedConfig, withExternals, type Given } from './manifests/resolved.fixture.ts';
import { reservedMountPaths } from './mounts.ts';

const everything: Given = {
  networking: {
    tls: { secretName: 'cert', at: anywhere },
    caBundle: { configMapName: 'corporate', configMapKeys: ['ca.pem'], at: anywhere },
  },
  stack: {
    externalProviders: [
      {
        api: 'safety',
        providerId: 'acme',
        image: 'i',
        imagePullPolicy: 'Never',
        config: {},
        secretRefs: {},
        at: anywhere,
      },
    ],
  },
  workload: { storage: { size: '1Gi', mountPath: '/data', at: anywhere } },
  resolved: {
    caBundle: { configMapName: 'corporate', key: 'ca.pem', generated: false },
    ...withExternals('acme'),
  },
};

test.each([
  ['only its distribution', {}],
  ['everything', everything],
])('the folders that a user cannot mount over are those that we mount, for a CR with %s', (_, given) => {
  const cr = resolved(given);
  const mounted = buildVolumeMounts(cr, startedConfig).map(({ mountPath }) => mountPath);
  expect([...reservedMountPaths(cr.stack, cr.release)].sort()).toStrictEqual(mounted.sort());
});
