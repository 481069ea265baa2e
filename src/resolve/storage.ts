import { isMapping, type JsonObject, type Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';
import type { Storage } from '../spec/storage.ts';
import type { ResolvedStorage } from './resolved.ts';
import { lacksRootCertificates } from './storage/connection-string.ts';
import { resolveKvPostgres, resolveSqlPostgres } from './storage/postgres.ts';
import { resolveRedis } from './storage/redis.ts';
import type { ResolvedBackend } from './storage/backend.ts';

type Kind = 'kv' | 'sql';
type Blocks = Readonly<Record<string, JsonObject>>;

/**
 * `storage` of config.yaml: `spec.storage.kv` and `.sql` in the place of the backends that the base's stores use, and
 * all else as the base has it.
 */
export function resolveStorage(
  stack: Pick<Stack, 'storage' | 'providers' | 'networking'>,
  base: BaseConfig,
  release: Release,
  report: Report,
): ResolvedStorage {
  const { storage } = stack;
  const stores = base.storage?.stores ?? defaultStores(release);
  const backends: Record<string, JsonObject> = { ...base.storage?.backends };
  const sql = storage.sql?.type === 'postgres' ? resolveSqlPostgres(storage.sql, report) : undefined;
  const kv = resolveKv(storage, release, report);
  for (const kind of ['kv', 'sql'] as const) {
    const sqlite = toSqlite(kind, base, release);
    const asked = storage[kind] && ({ kv, sql }[kind]?.config ?? sqlite);
    for (const name of usedBackends(kind, stores, release)) backends[name] = choose(asked, backends[name], sqlite);
  }
  warnOfTls(stack, report);
  const parts = [sql, kv].filter((part) => part !== undefined);
  return {
    backends,
    stores,
    variables: parts.flatMap((part) => part.variables),
    start: {
      postgres: parts.flatMap((part) => (part.start === 'redis' || part.start === undefined ? [] : [part.start])),
      redis: parts.some((part) => part.start === 'redis'),
      sqliteFolder: isSqlite('sql', backends, stores, release) && !isSqlite('kv', backends, stores, release),
    },
  };
}

function resolveKv({ kv, sql }: Storage, release: Release, report: Report): ResolvedBackend | undefined {
  if (kv?.type === 'redis') return resolveRedis(kv, release, report);
  if (kv?.type === 'postgres') {
    return resolveKvPostgres(kv, sql?.type === 'postgres' ? sql : undefined, release, report);
  }
  return undefined;
}

/** The names of the backends that stores of one kind use: `kv_default`. */
function usedBackends(kind: Kind, stores: Blocks, release: Release): ReadonlySet<string> {
  const names = new Set<string>();
  // what the base leaves out, the server fills with its own references
  for (const [store, reference] of Object.entries({ ...defaultStores(release), ...stores })) {
    // `responses: null` turns a store off
    if (!isMapping(reference) || kindOf(store, reference, release) !== kind) continue;
    if (typeof reference.backend === 'string') names.add(reference.backend);
  }
  return names;
}

function isSqlite(kind: Kind, backends: Blocks, stores: Blocks, release: Release): boolean {
  return [...usedBackends(kind, stores, release)].some((name) => backends[name]?.type === `${kind}_sqlite`);
}

/** What the CR asks for, else what the base has; sqlite files stay where the base has them. */
function choose(asked: JsonObject | undefined, now: JsonObject | undefined, sqlite: JsonObject): JsonObject {
  const stays = asked === undefined || (asked === sqlite && now?.type === sqlite.type);
  return (stays ? now : asked) ?? sqlite;
}

function kindOf(store: string, reference: JsonObject, release: Release): Kind {
  return release.stores[store]?.kind ?? ('table_name' in reference ? 'sql' : 'kv');
}

/** Files in SQLITE_STORE_DIR; both kinds in one folder, since the server makes the folder only for its kv file. */
function toSqlite(kind: Kind, base: BaseConfig, release: Release): JsonObject {
  const name = release.nameFields.map((field) => base[field]).find((value) => typeof value === 'string');
  const folder = `~/${release.stateDirectory}${typeof name === 'string' ? `/distributions/${name}` : ''}`;
  const file = kind === 'kv' ? 'kvstore.db' : 'sql_store.db';
  return { type: `${kind}_sqlite`, db_path: `\${env.SQLITE_STORE_DIR:=${folder}}/${file}` };
}

function defaultStores(release: Release): Blocks {
  return Object.fromEntries(
    Object.entries(release.stores)
      .filter(([, store]) => store.required)
      .map(([name, store]) => [name, store.reference]),
  );
}

/** What no other field of the CR shows: where certificates come from, and who else gets the settings of a connection string. */
function warnOfTls({ storage, providers, networking }: Parameters<typeof resolveStorage>[0], report: Report): void {
  const strings = [storage.sql, storage.kv].flatMap((part) =>
    part?.type === 'postgres' && part.connectionString ? [part.connectionString] : [],
  );
  for (const text of strings) {
    if (networking.caBundle || !lacksRootCertificates(text)) continue;
    report.warning(
      text.at,
      '`sslmode=verify-…` needs a file of root certificates: give `spec.networking.tls.caBundle`, or ' +
        '`&sslrootcert=<file>` with a file that `spec.workload.overrides` mounts',
    );
  }
  const [first] = strings;
  for (const provider of first === undefined ? [] : providers) {
    if (provider.provider?.replace(/^.*::/, '') !== 'pgvector') continue;
    report.warning(
      provider.at,
      `pgvector connects with the \`sslmode\` and \`sslrootcert\` of \`${first?.at.toString() ?? ''}\` too, since the ` +
        'server has one PGSSLMODE for all: its database must accept them',
    );
  }
}
