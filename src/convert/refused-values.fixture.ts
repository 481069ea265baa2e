import type { JsonObject } from '../krm/result.ts';
import type { Version } from '../spec/version.ts';

/** A value that not both versions take: who does, and what a conversion does with it. */
export interface RefusedValue {
  /** As the page shows it. */
  readonly what: string;
  readonly from: Version;
  readonly spec: JsonObject;
  readonly annotations?: JsonObject;
  readonly takenBy: readonly Version[];
  /** Whether it comes back as it was, or `llsd convert` refuses the CR. */
  readonly conversion: 'goes round' | 'refused';
}

const distribution = { name: 'starter' };
const server = (fields: JsonObject, spec: JsonObject = {}): Pick<RefusedValue, 'from' | 'spec'> => ({
  from: 'v1alpha1',
  spec: { ...spec, server: { distribution, ...fields } },
});
const spec = (fields: JsonObject): Pick<RefusedValue, 'from' | 'spec'> => ({
  from: 'v1alpha2',
  spec: { distribution, ...fields },
});
const round = { takenBy: [], conversion: 'goes round' } as const;

/** Every value that one version takes and the other does not, and those that only the operator's v1alpha1 takes. */
export const refusedValues: readonly RefusedValue[] = [
  { what: '`podDisruptionBudget: {}`', ...server({ podDisruptionBudget: {} }), ...round, takenBy: ['v1alpha1'] },
  {
    what: '`userConfig.configMapNamespace` of another namespace',
    ...server({ userConfig: { configMapName: 'own', configMapNamespace: 'other' } }),
    ...round,
    takenBy: ['v1alpha2'],
  },
  { what: 'no `distribution`', from: 'v1alpha1', spec: { server: { workers: 1 } }, ...round },
  { what: 'nothing under `server`', from: 'v1alpha1', spec: { server: {} }, ...round },
  {
    what: '`distribution` with `name` and `image`',
    ...server({ distribution: { name: 'starter', image: 'a' } }),
    ...round,
  },
  { what: 'a negative `replicas`', ...server({}, { replicas: -1 }), ...round },
  { what: '`workers: 0`', ...server({ workers: 0 }), ...round },
  { what: 'a `port` below 1024', ...server({ containerSpec: { port: 80 } }), ...round },
  { what: '`port: 0`, which is the default for the operator', ...server({ containerSpec: { port: 0 } }), ...round },
  {
    what: '`podDisruptionBudget` with both fields',
    ...server({ podDisruptionBudget: { minAvailable: 1, maxUnavailable: 1 } }),
    ...round,
  },
  { what: '`autoscaling.maxReplicas: 0`', ...server({ autoscaling: { maxReplicas: 0 } }), ...round },
  {
    what: '`autoscaling.maxReplicas` below `minReplicas`',
    ...server({ autoscaling: { minReplicas: 3, maxReplicas: 2 } }),
    ...round,
  },
  {
    what: 'a target outside of 1 to 100 percent',
    ...server({ autoscaling: { maxReplicas: 2, targetCPUUtilizationPercentage: 150 } }),
    ...round,
  },
  {
    what: 'an empty `caBundle.configMapKeys`',
    ...server({ tlsConfig: { caBundle: { configMapName: 'roots', configMapKeys: [] } } }),
    ...round,
  },
  {
    what: 'an empty `caBundle.configMapName`',
    ...server({ tlsConfig: { caBundle: { configMapName: '' } } }),
    ...round,
  },
  { what: 'an empty `userConfig.configMapName`', ...server({ userConfig: { configMapName: '' } }), ...round },
  { what: 'an empty `command`', ...server({ containerSpec: { command: [] } }), ...round },
  { what: '`resources` with `claims` alone', ...server({ containerSpec: { resources: { claims: [] } } }), ...round },
  {
    what: 'a `containerSpec.name` that is no DNS label',
    ...server({ containerSpec: { name: 'My_Server' } }),
    takenBy: [],
    conversion: 'refused',
  },
  {
    what: 'a `userConfig.configMapNamespace` without `configMapName`',
    ...server({ userConfig: { configMapNamespace: 'llama' } }),
    takenBy: [],
    conversion: 'refused',
  },
  { what: 'an unknown field', ...server({ workres: 2 }), takenBy: [], conversion: 'refused' },
  { what: 'a field of the other version', ...server({}, { providers: {} }), takenBy: [], conversion: 'refused' },
  {
    what: '`overrideConfig` beside `providers`, `resources`, `storage` or `disabled`',
    ...spec({ overrideConfig: { configMapName: 'own' }, disabled: ['safety'] }),
    takenBy: [],
    conversion: 'refused',
  },
  {
    what: '`userConfig` beside an annotation that keeps one of these',
    ...server({ userConfig: { configMapName: 'own' } }),
    annotations: { 'llamastack.io/v1alpha2-extras': '{"disabled":["safety"]}' },
    takenBy: ['v1alpha1'],
    conversion: 'refused',
  },
  {
    what: 'a wrong value in what an annotation would keep',
    ...spec({ providers: { inference: { provider: 5 } } }),
    takenBy: [],
    conversion: 'refused',
  },
  {
    what: 'two providers of an API without `id`',
    ...spec({ providers: { inference: [{ provider: 'vllm' }, { provider: 'ollama' }] } }),
    ...round,
    takenBy: ['v1alpha1'],
  },
];
