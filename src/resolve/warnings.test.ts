import { describe, expect, it } from 'vitest';
import { Path, Report, type JsonObject } from '../krm/result.ts';
import type { Networking } from '../spec/networking.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Workload } from '../spec/workload.ts';
import { reportWarnings } from './warnings.ts';

const at = Path.root;

interface Given {
  readonly networking?: Partial<Networking>;
  readonly workload?: Partial<Workload>;
  readonly options?: Partial<RenderOptions>;
  readonly backends?: Readonly<Record<string, JsonObject>>;
  readonly overrideConfig?: true;
}

/** What is reported of a CR with state in databases and these parts, each as `<severity> <field>: <first words>`. */
function reported({ networking, workload, options, backends = {}, overrideConfig }: Given): string[] {
  const report = new Report();
  const storage = { backends, stores: {}, variables: [], start: { postgres: [], redis: false, sqliteFolder: false } };
  reportWarnings(
    {
      networking: {
        port: 8321,
        allowedFrom: { namespaces: [], labels: [] },
        at: at.field('networking'),
        ...networking,
      },
      workload: {
        replicas: 1,
        resources: {},
        overrides: { env: [], volumes: [], volumeMounts: [], at },
        at: at.field('workload'),
        ...workload,
      },
      ...(overrideConfig && { overrideConfig: { configMapName: 'own', at } }),
    },
    overrideConfig ? undefined : { storage },
    {
      platform: 'kubernetes',
      imageOverrides: {},
      registryMirrors: {},
      ingressAnnotations: {},
      ingressNamespaces: ['ingress'],
      providerMerge: 'Replace',
      missingReferences: 'Info',
      podSecurity: 'restricted',
      networkPolicy: 'On',
      ...options,
    },
    report,
  );
  return report.results.map(
    ({ severity, field, message }) => `${severity} ${field?.path ?? ''}: ${message.split(' ').slice(0, 4).join(' ')}`,
  );
}

const sqlite = { kv_default: { type: 'kv_redis' }, sql_default: { type: 'sql_sqlite' } };
const claim = { size: '1Gi', mountPath: '/.llama', at };
const expose = { at: at.field('networking').field('expose') };
const tls = { secretName: 'cert', at };

it('nothing is said of one pod, or of several with state in databases', () => {
  expect(reported({})).toEqual([]);
  expect(reported({ workload: { replicas: 3, autoscaling: { maxReplicas: 9, at } } })).toEqual([]);
  expect(reported({ workload: { storage: claim }, backends: sqlite })).toEqual([]);
});

describe('several replicas', () => {
  const own = 'Several replicas keep their';
  const shared = 'Several replicas share one';

  it.each<[string, Partial<Workload>, string]>([
    ['by `replicas`', { replicas: 2 }, 'workload.replicas'],
    ['by `maxReplicas` alone', { autoscaling: { maxReplicas: 2, at } }, 'workload.autoscaling'],
  ])('%s must not keep state in sqlite, nor on one volume', (_what, workload, field) => {
    expect(reported({ workload: { ...workload, storage: claim }, backends: sqlite })).toEqual([
      `warning ${field}: ${own}`,
      `warning ${field}: ${shared}`,
    ]);
    expect(reported({ workload: { ...workload, storage: claim } })).toEqual([`warning ${field}: ${shared}`]);
  });
});

it('sqlite on an emptyDir goes with the pod', () => {
  expect(reported({ backends: sqlite })).toEqual(['info : State in sqlite files']);
});

describe('exposed', () => {
  const open = 'warning networking.expose: The server is exposed';
  const shut = 'warning networking.expose: The NetworkPolicy keeps the';

  it.each<[string, Given, string[]]>([
    ['without TLS', {}, [open]],
    ['with TLS', { networking: { tls } }, []],
    ['by a Route, which ends TLS itself', { options: { platform: 'openshift', ingressNamespaces: [] } }, []],
    ['past a closed NetworkPolicy', { networking: { tls }, options: { ingressNamespaces: [] } }, [shut]],
    [
      'with TLS and no NetworkPolicy',
      { networking: { tls }, options: { ingressNamespaces: [], networkPolicy: 'Off' } },
      [],
    ],
    [
      'to all namespaces',
      { networking: { tls, allowedFrom: { namespaces: ['*'], labels: [] } }, options: { ingressNamespaces: [] } },
      [],
    ],
  ])('%s', (_what, given, expected) => {
    expect(reported({ ...given, networking: { expose, ...given.networking } })).toEqual(expected);
  });
});

describe('a PodDisruptionBudget', () => {
  const stuck = [expect.stringMatching(/^warning workload.podDisruptionBudget: With \d/)];

  it.each<[string, Partial<Workload>, boolean]>([
    ['that keeps the only pod', { podDisruptionBudget: { minAvailable: 1 } }, true],
    ['that keeps all', { replicas: 3, podDisruptionBudget: { minAvailable: '100%' } }, true],
    ['that lets none go', { replicas: 3, podDisruptionBudget: { maxUnavailable: 0 } }, true],
    ['that lets none go, in percent', { replicas: 3, podDisruptionBudget: { maxUnavailable: '0%' } }, true],
    ['that keeps half of one pod, which is rounded up', { podDisruptionBudget: { minAvailable: '50%' } }, true],
    ['that keeps half of several', { replicas: 3, podDisruptionBudget: { minAvailable: '50%' } }, false],
    ['that lets one go', { replicas: 3, podDisruptionBudget: { minAvailable: 2 } }, false],
    ['of no pods', { replicas: 0, podDisruptionBudget: { maxUnavailable: 0 } }, false],
    [
      'that keeps what autoscaling has at least',
      { autoscaling: { minReplicas: 2, maxReplicas: 5, at }, podDisruptionBudget: { minAvailable: 2 } },
      true,
    ],
    [
      'that keeps fewer',
      { autoscaling: { minReplicas: 3, maxReplicas: 5, at }, podDisruptionBudget: { minAvailable: 2 } },
      false,
    ],
  ])('%s', (_what, workload, warned) => {
    expect(reported({ workload })).toEqual(warned ? stuck : []);
  });
});

it("beside `overrideConfig` the CA bundle is not joined with the image's own roots", () => {
  const caBundle = { configMapName: 'ca', configMapKeys: ['ca.crt'], at: at.field('caBundle') };
  expect(reported({ networking: { caBundle }, overrideConfig: true })).toEqual([
    'info caBundle: Beside `spec.overrideConfig` the CA',
  ]);
  expect(reported({ networking: { caBundle } })).toEqual([]);
});
