import { isMapping, type JsonObject } from '../../krm/result.ts';
import type { Release } from '../release.ts';
import { at, lacksDependency, providersOf, registered, typesIn, vllm, type Booted, type Row } from './row.fixture.ts';

const telemetry = { provider: 'opentelemetry', endpoint: 'http://collector:4318' };
const guarded = { resources: { models: ['llama-guard3'], shields: ['llama-guard'] } };

function servedWithoutProvider({ config, release }: Booted): boolean {
  const tables = Object.values(release.autorouted);
  const served = (config.apis as readonly string[]).filter(
    (api) => !tables.includes(api) && !release.internal.includes(api),
  );
  return served.some((api) => providersOf(config, api).length === 0 && !(api in release.autorouted));
}

function servesNone(api: string): (booted: Booted) => boolean {
  return ({ config }) => (config.apis as readonly string[]).includes(api) && providersOf(config, api).length === 0;
}

function unknownApi({ config, release }: Booted): boolean {
  const keys = [...Object.keys(config.providers as JsonObject), ...(config.apis as readonly string[])];
  return keys.some((api) => !release.apis.includes(api));
}

/** The APIs that name no others, as the release calls them. */
function dependents(release: Release): readonly string[] {
  const all = ['agents', 'responses', 'batches', 'eval', 'messages', 'interactions', 'file_processors'];
  return all.filter((api) => api in release.providers);
}

/** Rows about `apis`, the keys of `providers`, and the names and stores of the whole. */
export const apiRows: readonly Row[] = [
  {
    row: 'apis-drop-safety (provider+shield kept)',
    spec: { providers: { inference: vllm }, disabled: ['safety'] },
    reached: (booted) => lacksDependency(booted) || providersOf(booted.config, 'safety').length > 0,
    error: /disable those APIs too: `disabled: \[safety, agents, eval\]`/,
  },
  {
    row: 'safety provider removed entirely, shields kept',
    spec: { providers: { inference: vllm }, ...guarded, disabled: ['safety'] },
    error: /needs the API `safety`, which `spec.disabled\[0\]` disables/,
  },
  {
    row: 'safety in apis but no provider & no shields',
    spec: { providers: { inference: vllm, safety: [] } },
    error: /must be an object with `provider`.*`spec.disabled`/,
  },
  { row: 'apis-drop-inference', spec: { disabled: ['inference'] }, error: /disable those APIs too/ },
  { row: 'apis-drop-files', spec: { disabled: ['files'] }, error: /disable (that API|those APIs) too/ },
  {
    row: 'files provider removed',
    spec: (release) => ({ providers: { inference: vllm }, disabled: ['files', ...dependents(release)] }),
    reached: (booted) =>
      lacksDependency(booted) || typesIn(booted.config).some((type) => /rag-runtime|file-search/.test(type)),
  },
  {
    row: 'files in apis w/o provider; agents+rag removed',
    spec: (release) => ({
      providers: { inference: vllm, toolRuntime: { provider: 'brave-search' } },
      disabled: ['files', ...dependents(release)],
    }),
    reached: (booted) => servedWithoutProvider(booted),
  },
  {
    row: 'apis-drop-tool_runtime',
    spec: { disabled: ['toolRuntime'] },
    reached: (booted) => lacksDependency(booted),
    error: /disable (that API|those APIs) too/,
  },
  {
    row: 'apis-drop-vector_io',
    spec: { disabled: ['vectorIo'] },
    reached: (booted) => lacksDependency(booted) || booted.config.vector_stores !== undefined,
    error: /disable (that API|those APIs) too/,
  },
  {
    row: 'unknown api telemetry in apis',
    spec: { providers: { inference: vllm, telemetry } },
    reached: (booted) => unknownApi(booted) || servesNone('telemetry')(booted),
  },
  {
    row: 'unknown api key in providers (telemetry)',
    spec: { providers: { inference: vllm, telemetry } },
    reached: ({ config }) => providersOf(config, 'telemetry').length > 0,
  },
  {
    row: 'agents key (or responses on old)',
    spec: (release) => ({
      providers: { [release.apis.includes('agents') ? 'responses' : 'agents']: { provider: agentType(release) } },
    }),
    reached: unknownApi,
  },
  {
    row: 'extra top-level + extra provider field',
    spec: { providers: { inference: { ...vllm, settings: { bogus: 1 } } }, logging: {} },
    error: /has no field "bogus"/,
  },
  {
    row: 'no name at all',
    spec: { providers: { inference: vllm } },
    reached: ({ config }) => !config.image_name && !config.distro_name,
  },
  {
    row: 'distro_name only',
    spec: { providers: { inference: vllm } },
    reached: ({ config, release }) => release.nameFields.some((field) => typeof config[field] !== 'string'),
  },
  {
    row: 'distro_name numeric',
    spec: (release) => ({ distribution: { image: `registry.example/7:${release.version}` } }),
    error: /No base config is known/,
  },
  { row: 'version 99', spec: {}, reached: ({ config }) => config.version !== 2 },
  {
    row: 'config.yaml with only providers+name',
    spec: {},
    reached: ({ config }) => !isMapping(config.registered_resources) || !isMapping(config.storage),
  },
  { row: 'server.port 80', spec: { networking: { port: 80 } }, error: /1024/ },
  {
    row: 'tls certs in server',
    spec: { providers: { inference: vllm }, networking: { tls: { secretName: 'tls' } } },
    reached: ({ config }) => !at(config, 'server', 'tls_certfile') || at(config, 'server', 'tls_cafile') !== undefined,
  },
  {
    row: 'auth oauth2 no jwks',
    spec: { providers: { inference: vllm } },
    reached: ({ config }) => at(config, 'server', 'auth') !== undefined,
  },
  {
    row: 'external_providers_dir missing dir',
    spec: { providers: { inference: vllm } },
    reached: ({ config }) => 'external_providers_dir' in config,
  },
  {
    row: 'registered_resources as list (PR266 shape)',
    spec: { providers: { inference: vllm }, resources: { models: ['m'] } },
    reached: ({ config }) => !isMapping(config.registered_resources),
  },
  {
    row: 'top-level models (old style)',
    spec: { providers: { inference: vllm }, resources: { models: ['m'], tools: ['websearch'] } },
    reached: ({ config }) => 'models' in config || 'tool_groups' in config || registered(config, 'models').length === 0,
  },
];

function agentType(release: Release): string {
  return Object.keys(release.providers.agents ?? release.providers.responses ?? {})[0] ?? '';
}
