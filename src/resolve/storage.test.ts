import { describe, expect, it } from 'vitest';
import { Path, Report } from '../krm/result.ts';
import { builtIn, releaseFor, type BaseConfig, type Release } from '../releases/index.ts';
import type { Variable } from '../secret-env.ts';
import type { Postgres, Redis, Sqlite, Storage, Text } from '../spec/storage.ts';
import { resolveStorage } from './storage.ts';

const release = known(releaseFor('0.7.1'));
const starter = known(builtIn('starter', '0.7.1')).config;
const at = Path.root.field('spec').field('storage');

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not built in');
  return value;
}

type Fields = Readonly<Record<string, string | readonly [secret: string, key: string]>>;

/** A part of `spec.storage`: texts written out, pairs from a Secret. */
function part(kind: 'kv' | 'sql', type: 'sqlite' | 'redis' | 'postgres', fields: Fields = {}) {
  const texts = Object.entries(fields).map(([field, given]): [string, Text] => {
    const place = at.field(kind).field(field);
    if (typeof given === 'string') return [field, { value: given, at: place }];
    return [field, { secret: { name: given[0], key: given[1], at: place }, at: place }];
  });
  return { type, ...Object.fromEntries(texts), at: at.field(kind) };
}

const sql = (fields: Fields) => part('sql', 'postgres', fields) as Postgres;
const kv = (fields: Fields) => part('kv', 'postgres', fields) as Postgres;
const redis = (fields: Fields) => part('kv', 'redis', fields) as Redis;

interface More {
  readonly base?: BaseConfig;
  readonly release?: Release;
  readonly providers?: readonly string[];
  readonly caBundle?: boolean;
}

function resolved(storage: Omit<Storage, 'at'>, more: More = {}) {
  const report = new Report();
  const stack = {
    storage: { ...storage, at },
    providers: (more.providers ?? []).map((provider) => ({
      api: 'vector_io',
      provider,
      secretRefs: {},
      settings: {},
      alone: true,
      at: Path.root.field('spec').field('providers').field('vectorIo'),
    })),
    networking: {
      port: 8321,
      ...(more.caBundle && { caBundle: { configMapName: 'ca', configMapKeys: ['ca.crt'], at: Path.root } }),
      allowedFrom: { namespaces: [], labels: [] },
      at: Path.root,
    },
  };
  const { backends, stores, variables, start } = resolveStorage(
    stack,
    more.base ?? starter,
    more.release ?? release,
    report,
  );
  const results = report.results.map((result) => `${result.severity} ${result.field?.path ?? ''}: ${result.message}`);
  return { backends, stores, variables: variables.map(written), start, results, report };
}

/** `PGHOST=db`, `PGPASSWORD from pg/password` */
function written(variable: Variable): string {
  if ('value' in variable) return `${variable.name}=${variable.value}`;
  return `${variable.name} from ${variable.secret.name}/${variable.secret.key}`;
}

const fromVariables = { type: 'sql_postgres', host: '', port: 0, db: '', user: '', password: '' };
const nothing = { postgres: [], redis: false, sqliteFolder: false };
const namesTheUser = '`database` is not given: the one that has the name of `user` is used, as PostgreSQL does';

describe('spec.storage', () => {
  it('that gives nothing leaves all as the base has it', () => {
    const { backends, stores, variables, start, results } = resolved({});
    expect({ backends, stores }).toEqual(starter.storage);
    expect({ variables, start, results }).toEqual({ variables: [], start: nothing, results: [] });
  });

  it('replaces only the backends that stores use, whatever they are called', () => {
    const base: BaseConfig = {
      version: 2,
      providers: {},
      storage: {
        backends: {
          rows: { type: 'sql_sqlite', db_path: '/a.db' },
          keys: { type: 'kv_sqlite', db_path: '/b.db' },
          vectors: { type: 'kv_sqlite', db_path: '/c.db' },
          kv_default: { type: 'kv_sqlite', db_path: '/d.db' },
        },
        stores: {
          metadata: { backend: 'keys', namespace: 'registry' },
          prompts: { backend: 'keys', namespace: 'prompts' },
          connectors: { backend: 'keys', namespace: 'connectors' },
          inference: { backend: 'rows', table_name: 'inference_store' },
          conversations: { backend: 'rows', table_name: 'openai_conversations' },
        },
      },
    };
    const { backends, stores } = resolved(
      { sql: sql({ connectionString: ['pg', 'url'] }), kv: redis({ endpoint: 'redis' }) },
      { base },
    );
    expect(backends).toEqual({
      ...base.storage?.backends,
      rows: fromVariables,
      keys: { type: 'kv_redis', host: 'redis', port: 6379 },
    });
    expect(stores).toEqual(base.storage?.stores);
  });

  it('replaces the backend of a store that the base leaves to the server', () => {
    const base: BaseConfig = {
      version: 2,
      providers: {},
      storage: {
        backends: {
          keys: { type: 'kv_sqlite', db_path: '/b.db' },
          kv_default: { type: 'kv_sqlite', db_path: '/d.db' },
        },
        stores: { metadata: { backend: 'keys', namespace: 'registry' } },
      },
    };
    const config = { type: 'kv_redis', host: 'redis', port: 6379 };
    expect(resolved({ kv: redis({ endpoint: 'redis' }) }, { base }).backends).toMatchObject({
      keys: config,
      kv_default: config,
    });
  });

  it('is written out where the base has none, since release 0.4 would keep its files in a folder of a strange name', () => {
    const base: BaseConfig = { version: 2, distro_name: 'own', providers: {} };
    expect(resolved({}, { base })).toMatchObject({
      backends: {
        kv_default: { type: 'kv_sqlite', db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/own}/kvstore.db' },
        sql_default: {
          type: 'sql_sqlite',
          db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/own}/sql_store.db',
        },
      },
      stores: {
        metadata: { backend: 'kv_default', namespace: 'registry' },
        conversations: { backend: 'sql_default', table_name: 'openai_conversations' },
      },
      variables: [],
    });
  });
});

describe('sqlite', () => {
  it('stays in the files of the base', () => {
    const sqlite = { kv: part('kv', 'sqlite') as Sqlite, sql: part('sql', 'sqlite') as Sqlite };
    const backends = {
      kv_default: { type: 'kv_sqlite', db_path: '/data/kv.db' },
      sql_default: { type: 'sql_sqlite', db_path: '/data/sql.db', pool_pre_ping: false },
    };
    const base: BaseConfig = { ...starter, storage: { backends, stores: starter.storage?.stores ?? {} } };
    expect(resolved(sqlite, { base }).backends).toEqual(backends);
  });

  it('comes in the place of a database of the base', () => {
    const demo = known(builtIn('postgres-demo', '0.7.1')).config;
    const sqlite = { kv: part('kv', 'sqlite') as Sqlite, sql: part('sql', 'sqlite') as Sqlite };
    expect(resolved(sqlite, { base: demo })).toMatchObject({
      backends: {
        kv_default: {
          type: 'kv_sqlite',
          db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/postgres-demo}/kvstore.db',
        },
        sql_default: {
          type: 'sql_sqlite',
          db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/postgres-demo}/sql_store.db',
        },
      },
      results: [],
    });
  });
});

describe('the folder of the sqlite files', () => {
  const database = sql({ connectionString: ['pg', 'url'] });
  const cache = redis({ endpoint: 'redis' });

  it('is made by the start program where the server makes it for no kv file', () => {
    expect(resolved({ kv: cache }).start.sqliteFolder).toBe(true);
    expect(resolved({ kv: cache, sql: part('sql', 'sqlite') as Sqlite }).start.sqliteFolder).toBe(true);
  });

  it('is else left to the server', () => {
    expect(resolved({}).start.sqliteFolder).toBe(false);
    expect(resolved({ sql: database }).start.sqliteFolder).toBe(false);
    expect(resolved({ kv: cache, sql: database }).start.sqliteFolder).toBe(false);
  });
});

describe('sql on PostgreSQL', () => {
  it('takes a connection string through the start program', () => {
    expect(resolved({ sql: sql({ connectionString: ['pg-creds', 'url'] }) })).toMatchObject({
      backends: { ...starter.storage?.backends, sql_default: fromVariables },
      variables: ['LLSD_STORAGE_SQL_CONNECTION_STRING from pg-creds/url'],
      start: { postgres: ['sql'], redis: false },
      results: [],
    });
  });

  it('takes separate fields through PG* variables, in a fixed order', () => {
    const fields = { password: ['pg', 'pw'], user: 'app', database: 'llama', port: '5433', host: 'db' } as const;
    expect(resolved({ sql: sql(fields) })).toMatchObject({
      backends: { sql_default: fromVariables },
      variables: ['PGHOST=db', 'PGPORT=5433', 'PGUSER=app', 'PGPASSWORD from pg/pw', 'PGDATABASE=llama'],
      start: nothing,
      results: [],
    });
  });

  it('takes all of them from Secrets', () => {
    const fields = Object.fromEntries(
      ['host', 'port', 'user', 'password', 'database'].map((field) => [field, ['pg', field] as const]),
    );
    const { variables, results } = resolved({ sql: sql(fields) });
    const names = ['PGHOST from pg/host', 'PGPORT from pg/port', 'PGUSER from pg/user', 'PGPASSWORD from pg/password'];
    expect(variables).toEqual([...names, 'PGDATABASE from pg/database']);
    expect(results).toEqual([]);
  });

  it('fills port and database as PostgreSQL does', () => {
    const { variables, results } = resolved({ sql: sql({ host: 'db', user: 'app' }) });
    expect(variables).toEqual(['PGHOST=db', 'PGPORT=5432', 'PGUSER=app', 'PGDATABASE=app']);
    expect(results).toEqual([`info spec.storage.sql.database: ${namesTheUser}`]);
  });

  it('needs a user', () => {
    expect(resolved({ sql: sql({ host: 'db', database: 'llama' }) }).results).toEqual([
      'error spec.storage.sql.user: `user` is required with `host`: the server knows no default user',
    ]);
  });

  it.each([
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
    ['10.0.0.1', '10.0.0.1'],
    ['h1,::1', 'h1,[::1]'],
    ['/run/postgresql', '/run/postgresql'],
  ])('writes the host %s as the library wants it', (host, written) => {
    const { variables } = resolved({ sql: sql({ host, user: 'app', database: 'llama' }) });
    expect(variables[0]).toBe(`PGHOST=${written}`);
  });

  it('refuses an expression, which nothing would substitute', () => {
    const { results } = resolved({
      sql: sql({ host: '${env.HOST}', user: 'app', database: 'llama', password: '${env.X}' }),
    });
    expect(results).toEqual([
      'error spec.storage.sql.host: `host` must not hold `${env.…}`, which is not substituted here: write it out, or take it from a Secret with `host: {secretKeyRef: {name: <Secret>, key: <key>}}`',
    ]);
  });

  it('refuses a literal connection string that the start program would refuse, without showing it', () => {
    const { results, report } = resolved({ sql: sql({ connectionString: 'postgresql://app:aB3/xYz@db/llama' }) });
    expect(results).toEqual([
      "error spec.storage.sql.connectionString: `connectionString`: '@', '/', '?' and '#' in the user or password must be written %40, %2F, %3F and %23",
    ]);
    expect(JSON.stringify(report.results)).not.toMatch(/aB3|xYz/);
  });

  it('warns of verified TLS without root certificates', () => {
    const warning =
      'warning spec.storage.sql.connectionString: `sslmode=verify-…` needs a file of root certificates: give `spec.networking.tls.caBundle`, or `&sslrootcert=<file>` with a file that `spec.workload.overrides` mounts';
    const url = 'postgresql://app@db/llama?sslmode=verify-full';
    expect(resolved({ sql: sql({ connectionString: url }) }).results).toEqual([warning]);
    expect(resolved({ sql: sql({ connectionString: url }) }, { caBundle: true }).results).toEqual([]);
    expect(resolved({ sql: sql({ connectionString: `${url}&sslrootcert=/pg/ca.crt` }) }).results).toEqual([]);
  });

  it('warns that pgvector shares the TLS settings of a connection string', () => {
    const { results } = resolved(
      { sql: sql({ connectionString: ['pg', 'url'] }) },
      { providers: ['remote::pgvector', 'qdrant'] },
    );
    expect(results).toEqual([
      'warning spec.providers.vectorIo: pgvector connects with the `sslmode` and `sslrootcert` of `spec.storage.sql.connectionString` too, since the server has one PGSSLMODE for all: its database must accept them',
    ]);
    const fields = { host: 'db', user: 'app', database: 'llama' };
    expect(resolved({ sql: sql(fields) }, { providers: ['pgvector'] }).results).toEqual([]);
  });
});

describe('kv on PostgreSQL', () => {
  const fields = { host: 'db', port: '5433', user: 'app', database: '0012', password: ['pg', 'pw'] } as const;
  const config = {
    type: 'kv_postgres',
    host: 'db',
    port: 5433,
    db: '0012',
    user: 'app',
    table_name: 'llamastack_kvstore',
  };

  it('has its fields in the config and its password in PGPASSWORD', () => {
    expect(resolved({ kv: kv(fields) })).toMatchObject({
      backends: { kv_default: config },
      variables: ['PGPASSWORD from pg/pw'],
      start: { postgres: [], redis: false },
      results: [],
    });
    expect(resolved({ kv: kv(fields) }).backends.kv_default).not.toHaveProperty('password');
  });

  it('shares the variables of sql where both say the same', () => {
    const same = {
      host: ['pg', 'host'],
      user: ['pg', 'user'],
      password: ['pg', 'pw'],
      database: ['pg', 'db'],
    } as const;
    expect(resolved({ sql: sql(same), kv: kv(same) })).toMatchObject({
      backends: {
        sql_default: fromVariables,
        kv_default: {
          type: 'kv_postgres',
          host: '${env.PGHOST}',
          port: 5432,
          db: '${env.PGDATABASE}',
          user: '${env.PGUSER}',
          table_name: 'llamastack_kvstore',
        },
      },
      variables: [
        'PGHOST from pg/host',
        'PGPORT=5432',
        'PGUSER from pg/user',
        'PGPASSWORD from pg/pw',
        'PGDATABASE from pg/db',
      ],
      results: [],
    });
  });

  it('has variables of its own for fields from other Secrets, each once', () => {
    const { backends, variables, results } = resolved({
      kv: kv({ host: ['pg', 'host'], user: ['pg', 'user'], port: ['pg', 'port'] }),
    });
    expect(backends.kv_default).toMatchObject({
      host: '${env.LLSD_STORAGE_KV_HOST}',
      port: '${env.LLSD_STORAGE_KV_PORT}',
      db: '${env.LLSD_STORAGE_KV_USER}',
      user: '${env.LLSD_STORAGE_KV_USER}',
    });
    expect(variables).toEqual([
      'LLSD_STORAGE_KV_HOST from pg/host',
      'LLSD_STORAGE_KV_PORT from pg/port',
      'LLSD_STORAGE_KV_USER from pg/user',
    ]);
    expect(results).toEqual([`info spec.storage.kv.database: ${namesTheUser}`]);
  });

  it('beside another identity of sql has its password in a variable of the config', () => {
    const other = sql({ host: 'db2', user: 'other', database: 'other', password: ['pg2', 'pw'] });
    const { backends, variables, results } = resolved({ sql: other, kv: kv(fields) });
    expect(JSON.stringify(backends.kv_default)).toBe(
      JSON.stringify({
        type: 'kv_postgres',
        host: 'db',
        port: 5433,
        db: '0012',
        user: 'app',
        password: '${env.LLSD_STORAGE_KV_PASSWORD}',
        table_name: 'llamastack_kvstore',
      }),
    );
    expect(variables.at(-1)).toBe('LLSD_STORAGE_KV_PASSWORD from pg/pw');
    expect(results).toEqual([]);
  });

  it('beside another identity of sql can have a literal password that looks like a number', () => {
    const other = sql({ connectionString: ['pg2', 'url'] });
    const { results, variables } = resolved({ sql: other, kv: kv({ ...fields, password: '12345' }) });
    expect(results).toEqual([]);
    expect(variables.at(-1)).toBe('LLSD_STORAGE_KV_PASSWORD=12345');
  });

  it('has another password from another key of the same Secret', () => {
    const other = sql({ host: 'db', user: 'app', database: '0012', password: ['pg', 'sql'] });
    expect(resolved({ sql: other, kv: kv(fields) }).variables.at(-1)).toBe('LLSD_STORAGE_KV_PASSWORD from pg/pw');
  });

  it('has IPv6 addresses without brackets and ports of several hosts as text', () => {
    const { backends } = resolved({ kv: kv({ ...fields, host: '[::1],h2', port: '5432,5433' }) });
    expect(backends.kv_default).toMatchObject({ host: '::1,h2', port: '5432,5433' });
  });

  it('takes a connection string through the start program', () => {
    expect(
      resolved({ sql: sql({ connectionString: ['pg', 'url'] }), kv: kv({ connectionString: ['pg', 'url'] }) }),
    ).toMatchObject({
      backends: {
        kv_default: {
          type: 'kv_postgres',
          host: '${env.LLSD_STORAGE_KV_HOST}',
          port: '${env.LLSD_STORAGE_KV_PORT}',
          db: '${env.LLSD_STORAGE_KV_DATABASE}',
          user: '${env.LLSD_STORAGE_KV_USER}',
          password: '${env.LLSD_STORAGE_KV_PASSWORD:=}',
          ssl_mode: '${env.LLSD_STORAGE_KV_SSLMODE:=}',
          ca_cert_path: '${env.LLSD_STORAGE_KV_SSLROOTCERT:=}',
          table_name: 'llamastack_kvstore',
        },
      },
      variables: ['LLSD_STORAGE_SQL_CONNECTION_STRING from pg/url', 'LLSD_STORAGE_KV_CONNECTION_STRING from pg/url'],
      start: { postgres: ['sql', 'kv'], redis: false },
      results: [],
    });
  });
});

describe('kv on Redis', () => {
  it.each([
    ['redis', { host: 'redis', port: 6379 }],
    ['redis.example:6380', { host: 'redis.example', port: 6380 }],
    ['redis://redis', { host: 'redis', port: 6379 }],
    ['redis://[::1]:6380/', { host: '[::1]', port: 6380 }],
    ['redis://redis/3', { host: 'redis:6379/3#', port: 6379 }],
    ['[::1]:6380/15', { host: '[::1]:6380/15#', port: 6379 }],
  ])('without credentials needs nothing of the start program: %s', (endpoint, place) => {
    expect(resolved({ kv: redis({ endpoint }) })).toMatchObject({
      backends: { kv_default: { type: 'kv_redis', ...place } },
      variables: [],
      start: { postgres: [], redis: false },
      results: [],
    });
  });

  it('decodes what it reads on a release that does not', () => {
    const old = { ...release, redisGivesBytes: true };
    const host = (endpoint: string) => resolved({ kv: redis({ endpoint }) }, { release: old }).backends.kv_default;
    expect(host('h:6380')).toEqual({ type: 'kv_redis', host: 'h:6380?decode_responses=true#', port: 6379 });
    expect(host('h/3')).toEqual({ type: 'kv_redis', host: 'h:6379/3?decode_responses=true#', port: 6379 });
  });

  const started = {
    backends: { kv_default: { type: 'kv_redis', host: '${env.LLSD_STORAGE_KV_HOST}', port: 6379 } },
    start: { postgres: [], redis: true },
    results: [],
  };

  it('with a password is put together by the start program', () => {
    expect(resolved({ kv: redis({ endpoint: 'redis://alice@h:6380/3', password: ['redis', 'pw'] }) })).toMatchObject({
      ...started,
      variables: ['LLSD_STORAGE_KV_ENDPOINT=redis://alice@h:6380/3', 'LLSD_STORAGE_KV_PASSWORD from redis/pw'],
    });
  });

  it('with an endpoint from a Secret is put together by the start program', () => {
    expect(resolved({ kv: redis({ endpoint: ['redis', 'url'] }) })).toMatchObject({
      ...started,
      variables: ['LLSD_STORAGE_KV_ENDPOINT from redis/url'],
    });
  });

  it('with a password in a literal endpoint works, with a warning that does not show it', () => {
    const { start, results, report } = resolved({ kv: redis({ endpoint: 'redis://:aB3xYz@h' }) });
    expect(start.redis).toBe(true);
    expect(results).toEqual([
      'warning spec.storage.kv.endpoint: `endpoint` holds a password, so that whoever reads the CR or the Deployment knows it: use `password: {secretKeyRef: {name: <Secret>, key: <key>}}`',
    ]);
    expect(JSON.stringify(report.results)).not.toContain('aB3xYz');
  });

  const form = 'must be `redis://host:port/database` or `host:port`, and a user in it percent-encoded';
  it.each([
    [
      'rediss://h',
      'must be plain `redis://host:port/database`: the server of no release speaks TLS to Redis. Give a TLS tunnel to it where it must be encrypted',
    ],
    ['h1:6379,h2:6379', 'must name one Redis: the server knows neither Redis Cluster nor Sentinel'],
    ['redis+sentinel://h/mymaster', form],
    ['unix:///run/redis.sock', form],
    ['http://h:6379', form],
    ['h:0', form],
    ['h:70000', form],
    ['h/x', form],
    ['h:6379/0?ssl=true', form],
    ['redis://:aB3/xYz@h', form],
    ['redis://:aB3%zz@h', "must have two hex digits after each '%' of the user or password; '%' itself is written %25"],
    ['redis://alice@h', 'names a user, who needs `password: {secretKeyRef: {name: <Secret>, key: <key>}}`'],
    ['${env.REDIS}', 'must be written out or come from a Secret: `${env.…}` is not substituted here'],
  ])('refuses what no release can do: %s', (endpoint, fault) => {
    const { results, report } = resolved({ kv: redis({ endpoint }) });
    expect(results).toEqual([`error spec.storage.kv.endpoint: \`endpoint\` ${fault}`]);
    expect(report.results[0]?.field).not.toHaveProperty('currentValue');
  });

  it('refuses two passwords', () => {
    const { results } = resolved({ kv: redis({ endpoint: 'redis://:x@h', password: ['redis', 'pw'] }) });
    expect(results).toEqual([
      'error spec.storage.kv.endpoint: `endpoint` holds a password, and `password` is given too: remove one of them',
    ]);
  });
});
