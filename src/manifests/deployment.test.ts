import { describe, expect, test } from 'vitest';
import { deployment } from './deployment.ts';
import {
  anywhere,
  demoLabels,
  demoSelector,
  plainConfig,
  resolved,
  startedConfig,
  type Given,
} from './resolved.fixture.ts';

function specOf(given: Given, config = plainConfig) {
  return deployment(resolved(given), config).spec;
}

function podOf(given: Given, config = plainConfig) {
  return specOf(given, config)?.template.spec;
}

function containerOf(given: Given, config = plainConfig) {
  return podOf(given, config)?.containers[0];
}

const storage = { size: '10Gi', mountPath: '/.llama', at: anywhere };
const health = { path: '/v1/health', port: 8321, scheme: 'HTTP' };

test('a CR with only its distribution gives this Deployment', () => {
  expect(deployment(resolved(), plainConfig)).toStrictEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'demo',
      namespace: 'ai',
      labels: demoLabels,
      annotations: {
        'llamastack.io/distribution': 'starter@0.7.1',
        'llamastack.io/base-config': 'built-in:starter@0.7.1',
      },
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: demoSelector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: {
        metadata: { labels: demoSelector, annotations: { 'llamastack.io/config-hash': '0a1b2c3d' } },
        spec: {
          serviceAccountName: 'demo-sa',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1001,
            fsGroup: 1001,
            fsGroupChangePolicy: 'OnRootMismatch',
            seccompProfile: { type: 'RuntimeDefault' },
          },
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              name: 'llama-stack',
              image: 'docker.io/llamastack/distribution-starter:0.7.1',
              ports: [{ name: 'http', containerPort: 8321, protocol: 'TCP' }],
              env: [
                { name: 'RUN_CONFIG_PATH', value: '/etc/llama-stack/config.yaml' },
                { name: 'LLAMA_STACK_PORT', value: '8321' },
                { name: 'HOME', value: '/tmp' },
                { name: 'LLAMA_STACK_CONFIG_DIR', value: '/.llama' },
                { name: 'FILES_STORAGE_DIR', value: '/.llama/distributions/starter/files' },
                { name: 'SQLITE_STORE_DIR', value: '/.llama/distributions/starter' },
                { name: 'HF_HOME', value: '/.llama' },
                { name: 'XDG_CACHE_HOME', value: '/.llama/.cache' },
              ],
              resources: { requests: { cpu: '1', memory: '1Gi' } },
              startupProbe: { httpGet: health, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
              readinessProbe: { httpGet: health, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
              livenessProbe: { httpGet: health, periodSeconds: 30, timeoutSeconds: 30, failureThreshold: 6 },
              lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [
                { name: 'tmp', mountPath: '/tmp' },
                { name: 'lls-storage', mountPath: '/.llama' },
                { name: 'lls-storage', mountPath: '/tmp/.llama' },
                { name: 'user-config', mountPath: '/etc/llama-stack', readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'lls-storage', emptyDir: {} },
            {
              name: 'user-config',
              configMap: { name: 'demo-config-0a1b2c3d', items: [{ key: 'config.yaml', path: 'config.yaml' }] },
            },
          ],
        },
      },
    },
  });
});

describe('replicas and updates', () => {
  test.each([0, 1, 3])('%i replicas are as many', (replicas) => {
    expect(specOf({ workload: { replicas } })?.replicas).toBe(replicas);
  });

  test('with autoscaling the number is left to the autoscaler', () => {
    const autoscaling = { maxReplicas: 3, at: anywhere };
    expect(specOf({ workload: { replicas: 2, autoscaling } })).not.toHaveProperty('replicas');
  });

  test('a claim means that the old pod goes before the new one comes', () => {
    expect(specOf({ workload: { storage } })?.strategy).toStrictEqual({ type: 'Recreate' });
  });

  test('several pods are spread and keep apart', () => {
    const pod = podOf({ workload: { replicas: 2 } });
    expect(pod?.topologySpreadConstraints).toHaveLength(3);
    expect(pod?.affinity).toHaveProperty('podAntiAffinity');
  });

  test("the CR's own constraint is enough to spread by", () => {
    const constraint = { maxSkew: 1, topologyKey: 'example.com/rack', whenUnsatisfiable: 'DoNotSchedule' };
    const pod = podOf({ workload: { topologySpreadConstraints: [constraint] } });
    expect(pod?.topologySpreadConstraints).toStrictEqual([constraint]);
  });

  test('the hash of the CA bundle rolls the pods, as that of the config does', () => {
    expect(specOf({}, { ...plainConfig, caBundleHash: '89abcdef' })?.template.metadata?.annotations).toStrictEqual({
      'llamastack.io/config-hash': '0a1b2c3d',
      'llamastack.io/ca-bundle-hash': '89abcdef',
    });
    expect(specOf({}, { data: {}, variables: [] })?.template.metadata).toStrictEqual({ labels: demoSelector });
  });
});

describe('volumes', () => {
  test('state is on the claim, at the mount path of the CR and where HOME has it', () => {
    const given = { workload: { storage: { ...storage, mountPath: '/data' } }, release: { stateDirectory: '.ogx' } };
    expect(podOf(given)?.volumes?.[1]).toStrictEqual({
      name: 'lls-storage',
      persistentVolumeClaim: { claimName: 'demo-pvc' },
    });
    expect(containerOf(given)?.volumeMounts?.slice(1, 3)).toStrictEqual([
      { name: 'lls-storage', mountPath: '/data' },
      { name: 'lls-storage', mountPath: '/tmp/.ogx' },
    ]);
  });

  test('everything that is asked for is mounted, each file alone, in a fixed order', () => {
    const given: Given = {
      networking: { tls: { secretName: 'cert', at: anywhere } },
      overrides: {
        volumes: [{ name: 'models', persistentVolumeClaim: { claimName: 'models' } }],
        volumeMounts: [{ name: 'models', mountPath: '/models', readOnly: true }],
      },
      resolved: { caBundle: { configMapName: 'corporate', key: 'ca.pem', generated: false } },
    };
    expect(podOf(given, startedConfig)?.volumes).toStrictEqual([
      { name: 'tmp', emptyDir: {} },
      { name: 'lls-storage', emptyDir: {} },
      { name: 'ca-bundle', configMap: { name: 'corporate', items: [{ key: 'ca.pem', path: 'ca-bundle.crt' }] } },
      {
        name: 'user-config',
        configMap: { name: 'demo-config-4e5f6071', items: [{ key: 'config.yaml', path: 'config.yaml' }] },
      },
      {
        name: 'start-program',
        configMap: { name: 'demo-config-4e5f6071', items: [{ key: 'sitecustomize.py', path: 'sitecustomize.py' }] },
      },
      {
        name: 'tls',
        secret: {
          secretName: 'cert',
          items: [
            { key: 'tls.crt', path: 'tls.crt' },
            { key: 'tls.key', path: 'tls.key' },
          ],
        },
      },
      { name: 'models', persistentVolumeClaim: { claimName: 'models' } },
    ]);
    expect(containerOf(given, startedConfig)?.volumeMounts).toStrictEqual([
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'lls-storage', mountPath: '/.llama' },
      { name: 'lls-storage', mountPath: '/tmp/.llama' },
      { name: 'ca-bundle', mountPath: '/etc/ssl/certs/ca-bundle', readOnly: true },
      { name: 'user-config', mountPath: '/etc/llama-stack', readOnly: true },
      { name: 'start-program', mountPath: '/etc/llama-stack-start', readOnly: true },
      { name: 'tls', mountPath: '/etc/llama-stack-tls', readOnly: true },
      { name: 'models', mountPath: '/models', readOnly: true },
    ]);
  });

  test('`overrideConfig` mounts config.yaml of the ConfigMap that it names', () => {
    const given = { stack: { overrideConfig: { configMapName: 'mine', at: anywhere } } };
    const pod = podOf(given, { data: {}, hash: '89abcdef', variables: [] });
    expect(pod?.volumes?.[2]).toStrictEqual({
      name: 'user-config',
      configMap: { name: 'mine', items: [{ key: 'config.yaml', path: 'config.yaml' }] },
    });
  });

  test("where the image's own config runs, none is mounted", () => {
    expect(podOf({}, { data: {}, variables: [] })?.volumes).toStrictEqual([
      { name: 'tmp', emptyDir: {} },
      { name: 'lls-storage', emptyDir: {} },
    ]);
  });
});

describe('security', () => {
  test.each([
    ['kubernetes', 'restricted', ['runAsNonRoot', 'runAsUser', 'fsGroup', 'fsGroupChangePolicy', 'seccompProfile']],
    ['openshift', 'restricted', ['runAsNonRoot', 'seccompProfile']],
    ['kubernetes', 'baseline', ['fsGroup', 'fsGroupChangePolicy', 'seccompProfile']],
    ['openshift', 'baseline', ['seccompProfile']],
  ] as const)('on %s, %s pods say %o', (platform, podSecurity, keys) => {
    const securityContext = podOf({ options: { platform, podSecurity } })?.securityContext ?? {};
    expect(Object.keys(securityContext)).toStrictEqual(keys);
  });

  test('a baseline container keeps what images need that start as root', () => {
    expect(containerOf({ options: { podSecurity: 'baseline' } })?.securityContext).toStrictEqual({
      allowPrivilegeEscalation: false,
    });
  });
});

describe('networking', () => {
  test('with TLS the probes speak HTTPS, on the port of the CR', () => {
    const container = containerOf({ networking: { port: 9000, tls: { secretName: 'cert', at: anywhere } } });
    const httpGet = { path: '/v1/health', port: 9000, scheme: 'HTTPS' };
    expect(container?.startupProbe?.httpGet).toStrictEqual(httpGet);
    expect(container?.readinessProbe?.httpGet).toStrictEqual(httpGet);
    expect(container?.livenessProbe?.httpGet).toStrictEqual(httpGet);
    expect(container?.ports).toStrictEqual([{ name: 'http', containerPort: 9000, protocol: 'TCP' }]);
  });
});

describe('overrides', () => {
  test('command, args and service account are as written, an empty list of args too', () => {
    const overrides = { command: ['/bin/run'], args: [], serviceAccountName: 'ours' };
    expect(containerOf({ overrides })).toMatchObject({ command: ['/bin/run'], args: [] });
    expect(podOf({ overrides })?.serviceAccountName).toBe('ours');
  });

  test.each([
    [0, undefined],
    [9, undefined],
    [10, ['sleep', '5']],
    [300, ['sleep', '5']],
  ])('%i seconds to end: the time to drain is %o', (terminationGracePeriodSeconds, drain) => {
    const given = { overrides: { terminationGracePeriodSeconds } };
    expect(podOf(given)?.terminationGracePeriodSeconds).toBe(terminationGracePeriodSeconds);
    expect(containerOf(given)?.lifecycle?.preStop?.exec?.command).toStrictEqual(drain);
  });
});
