import { isMapping, type Json, type JsonObject } from '../../krm/result.ts';
import { at, configOf, textOf, vllm, type Booted, type Row } from './row.fixture.ts';

const secret = { secretKeyRef: { name: 'creds', key: 'key' } };
const url = { sql: { type: 'postgres', connectionString: secret } };

function backend({ config }: Booted, kind: 'kv' | 'sql'): JsonObject {
  const backends = (at(config, 'storage', 'backends') ?? {}) as Readonly<Record<string, JsonObject>>;
  return backends[`${kind}_default`] ?? {};
}

/** A store that the server of this release does not start without, and that is not there, off, or on a backend of the wrong kind. */
function lacksStore({ config, release }: Booted): boolean {
  return Object.entries(release.stores).some(([name, { kind, required }]) => {
    const reference = at(config, 'storage', 'stores', name);
    if (reference === undefined || reference === null) return required;
    const type = at(config, 'storage', 'backends', textOf(at(reference, 'backend')), 'type');
    return !textOf(type).startsWith(`${kind}_`);
  });
}

function folder(value: Json | undefined): string {
  return textOf(value).replace(/\/[^/]*$/, '');
}

const whole: Row['spec'] = { providers: { inference: vllm } };

/** Rows about `storage`. */
export const storageRows: readonly Row[] = [
  { row: 'storage missing', spec: whole, reached: ({ config }) => !isMapping(config.storage) },
  { row: 'stores missing', spec: whole, reached: lacksStore },
  { row: 'stores metadata only', spec: { ...whole, storage: { sql: { type: 'sqlite' } } }, reached: lacksStore },
  {
    row: 'backend renamed & default stores',
    spec: { ...whole, storage: { kv: { type: 'sqlite' } } },
    reached: lacksStore,
  },
  { row: 'metadata on sql backend', spec: { ...whole, storage: url }, reached: lacksStore },
  ...['prompts', 'connectors', 'inference', 'conversations'].map((store) => ({
    row: `${store} store null`,
    spec: { ...whole, storage: url },
    reached: (booted: Booted) => at(booted.config, 'storage', 'stores', store) === null || lacksStore(booted),
  })),
  {
    row: 'sql_postgres connection string',
    spec: { ...whole, storage: url },
    reached: (booted) => 'connection_string' in backend(booted, 'sql') || backend(booted, 'sql').user === undefined,
  },
  {
    row: 'sql_postgres url field with user',
    spec: { ...whole, storage: url },
    reached: (booted) => 'url' in backend(booted, 'sql') || !booted.program,
  },
  {
    row: 'numeric pg password via env',
    spec: { ...whole, storage: { sql: { type: 'postgres', host: 'pg', user: 'u', password: secret } } },
    reached: (booted) => textOf(backend(booted, 'sql').password).includes('${env.'),
  },
  {
    row: 'numeric api_token via env',
    spec: { providers: { inference: vllm }, resources: { models: ['m'] } },
    reached: ({ config }) => {
      const token = configOf(config, 'inference', 'remote::vllm')?.api_token;
      return typeof token !== 'string' || !/^\$\{env\.LLSD_VLLM_API_KEY\}$/.test(token);
    },
  },
  {
    row: 'kv_redis url',
    spec: { ...whole, storage: { kv: { type: 'redis', endpoint: 'redis://redis:6379' } } },
    reached: (booted) => backend(booted, 'kv').host === undefined || 'url' in backend(booted, 'kv'),
    told: () => /starts only while it can reach Redis of `spec.storage.kv`/,
  },
  {
    row: 'kv_redis host',
    spec: { ...whole, storage: { kv: { type: 'redis', endpoint: 'redis:6379' } } },
    told: () => /starts only while it can reach Redis of `spec.storage.kv`/,
  },
  {
    row: 'kv_redis endpoint+password fields',
    spec: { ...whole, storage: { kv: { type: 'redis', endpoint: 'redis://redis:6379', password: secret } } },
    reached: (booted) => ['endpoint', 'password'].some((field) => field in backend(booted, 'kv')) || !booted.program,
  },
  {
    row: 'kv_sqlite no db_path',
    spec: { ...whole, storage: { kv: { type: 'sqlite' }, sql: { type: 'sqlite' } } },
    reached: (booted) => !backend(booted, 'kv').db_path || !backend(booted, 'sql').db_path,
  },
  {
    row: 'sql_sqlite in fresh dir differing from kv dir',
    spec: { ...whole, storage: { kv: { type: 'redis', endpoint: 'redis://redis:6379' }, sql: { type: 'sqlite' } } },
    reached: (booted) =>
      folder(backend(booted, 'sql').db_path) !== folder(backend(booted, 'kv').db_path) && !booted.program,
  },
  {
    row: 'legacy metadata_store/inference_store top-level, no storage',
    spec: { ...whole, storage: url },
    reached: ({ config }) => 'metadata_store' in config || 'inference_store' in config,
  },
];
