import type { ServerConfig } from '../config/server-config.ts';
import { Path } from '../krm/result.ts';
import type { Release } from '../releases/release.ts';
import type { Resolved, ResolvedConfig } from '../resolve/resolved.ts';
import type { RenderOptions } from '../spec/render-options.ts';
import type { Networking } from '../spec/networking.ts';
import type { Stack } from '../spec/stack.ts';
import type { Overrides, Workload } from '../spec/workload.ts';

const at = Path.root;

/** What the tests of the builders may say of a CR; everything else is as in a CR that holds only its distribution. */
export interface Given {
  readonly stack?: Partial<Stack>;
  readonly networking?: Partial<Networking>;
  readonly workload?: Partial<Workload>;
  readonly overrides?: Partial<Overrides>;
  readonly options?: Partial<RenderOptions>;
  readonly resolved?: Partial<Resolved>;
  readonly release?: Partial<Release>;
  readonly withoutNamespace?: true;
}

/** The CR `demo` in the namespace `ai`, on `starter` 0.7.1, resolved. */
export function resolved(given: Given = {}): Resolved {
  const release: Partial<Release> = {
    version: '0.7.1',
    healthPath: '/v1/health',
    variables: { port: 'LLAMA_STACK_PORT', configDir: 'LLAMA_STACK_CONFIG_DIR' },
    stateDirectory: '.llama',
    stateVariables: { SQLITE_STORE_DIR: '', FILES_STORAGE_DIR: 'files' },
    ...given.release,
  };
  return {
    stack: buildStack(given),
    options: { ...defaultOptions, ...given.options },
    release: release as Release,
    distribution: {
      name: 'starter',
      release: '0.7.1',
      image: 'docker.io/llamastack/distribution-starter:0.7.1',
      baseConfig: 'built-in:starter@0.7.1',
    },
    ...given.resolved,
  };
}

function buildStack({ stack, networking, workload, overrides, withoutNamespace }: Given): Stack {
  return {
    name: 'demo',
    ...(withoutNamespace !== true && { namespace: 'ai' }),
    distribution: { name: 'starter', at },
    providers: [],
    externalProviders: [],
    resources: { models: [], tools: [], shields: [], at },
    storage: { at },
    disabled: [],
    networking: { port: 8321, allowedFrom: { namespaces: [], labels: [] }, at, ...networking },
    workload: {
      replicas: 1,
      resources: {},
      overrides: { env: [], volumes: [], volumeMounts: [], at, ...overrides },
      at,
      ...workload,
    },
    ...stack,
  };
}

const defaultOptions: RenderOptions = {
  platform: 'kubernetes',
  imageOverrides: {},
  registryMirrors: {},
  ingressAnnotations: {},
  ingressNamespaces: [],
  providerMerge: 'Replace',
  missingReferences: 'Info',
  podSecurity: 'restricted',
  networkPolicy: 'On',
};

/** What is resolved of a CR with external providers of these ids: the part of its config that the manifests read. */
export function withExternals(...ids: readonly string[]): Pick<Resolved, 'config'> {
  const externalProviders = ids.map((id) => ({ id, image: `i/${id}@sha256:1`, imagePullPolicy: 'Never' as const }));
  return { config: { externalProviders } as unknown as ResolvedConfig };
}

/** The config of a CR without secrets and without a start program. */
export const plainConfig: ServerConfig = {
  data: { 'config.yaml': 'version: 2\n' },
  hash: '0a1b2c3d',
  variables: [],
};

/** The config of a CR with a secret, a literal and a start program. */
export const startedConfig: ServerConfig = {
  data: { 'config.yaml': 'version: 2\n', 'sitecustomize.py': 'import os\n' },
  hash: '4e5f6071',
  variables: [
    { name: 'LLSD_VLLM_API_KEY', secret: { name: 'vllm', key: 'token', at } },
    { name: 'PGHOST', value: 'db.example' },
  ],
};

/** The labels of every object of the CR `demo`. */
export const demoLabels = {
  app: 'llama-stack',
  'app.kubernetes.io/instance': 'demo',
  'app.kubernetes.io/name': 'llama-stack',
  'app.kubernetes.io/version': '0.7.1',
  'app.kubernetes.io/part-of': 'llama-stack',
  'app.kubernetes.io/managed-by': 'llsd',
};

/** The labels by which the pods of the CR `demo` are found. */
export const demoSelector = { app: 'llama-stack', 'app.kubernetes.io/instance': 'demo' };

/** A place in a CR, where a test does not care which. */
export const anywhere = at;
