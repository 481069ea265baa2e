import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/krm/result.ts';
import { maybe, present, type Draw } from './draw.ts';

/** `spec.workload`; `env` is what the base config needs in any case. */
export function workload(env: readonly Json[]): Draw<JsonObject> {
  const own = fc.constantFrom<readonly Json[]>([], [{ name: 'TEAM', value: 'a $(HOME) b' }]);
  const volumes = fc.constantFrom<JsonObject>(
    {},
    { volumes: [{ name: 'extra', emptyDir: {} }], volumeMounts: [{ name: 'extra', mountPath: '/extra' }] },
    { terminationGracePeriodSeconds: 5 },
    { serviceAccountName: 'mine' },
  );
  return fc
    .record({
      replicas: maybe(30, fc.integer({ min: 0, max: 3 })),
      // Such a server starts itself anew, which takes many times as long here.
      workers: maybe(2, fc.constant(2)),
      storage: maybe(40, fc.constantFrom<Json>({}, { size: '20Gi' }, { mountPath: '/data/llama' })),
      resources: maybe(30, fc.constantFrom<Json>({ requests: { cpu: '500m' } }, { limits: { memory: '8Gi' } })),
      autoscaling: maybe(15, fc.constantFrom<Json>({ maxReplicas: 3 }, { minReplicas: 2, maxReplicas: 4 })),
      podDisruptionBudget: maybe(15, fc.constantFrom<Json>({ maxUnavailable: 1 }, { minAvailable: '50%' })),
      overrides: fc.tuple(own, volumes).map(([mine, rest]) => present({ env: [...env, ...mine], ...rest })),
    })
    .map(({ storage, ...rest }) => ({ ...present(rest), ...(storage !== undefined && { storage }) }));
}
