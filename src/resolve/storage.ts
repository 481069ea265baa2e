import type { JsonObject, Report } from '../krm/result.ts';
import type { BaseConfig } from '../releases/base-config.ts';
import type { Release } from '../releases/release.ts';
import type { Stack } from '../spec/stack.ts';
import type { Storage } from '../spec/storage.ts';
import type { ResolvedStorage } from './resolved.ts';
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
  stack: Pick<Stack, 'storage' | 'providers'>,
  base: BaseConfig,
  release: Release,
  report: Report,
): ResolvedStorage {
  const { storage } = stack;
  const stores = base.storage?.stores ?? defaultStores(release);
  const inBase = base.storage?.backends ?? {};
  const kv = resolveKv(storage, release, report);
  const sql = storage.sql?.type === 'postgres' ? resolveSqlPostgres(storage.sql, report) : undefined;
  warnOfPgvector(stack, report);
  const backends = {
    ...inBase,
    ...replaced('kv', storage.kv && (kv?.config ?? 'sqlite'), inBase, stores, base, release),
    ...replaced('sql', storage.sql && (sql?.config ?? 'sqlite'), inBase, stores, base, release),
  };
  const parts = [sql, kv].filter((part) => part !== undefined);
  return {
    backends,
    stores,
    variables: parts.flatMap((part) => part.variables),
    start: {
      postgres: parts.flatMap((part) => (part.start === 'redis' || part.start === undefined ? [] : [part.start])),
      redis: parts.some((part) => part.start === 'redis'),
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

/** The backends of one kind that stores use, with the CR's config; those that the CR leaves alone only where the base has none. */
function replaced(
  kind: Kind,
  config: JsonObject | 'sqlite' | undefined,
  inBase: Blocks,
  stores: Blocks,
  base: BaseConfig,
  release: Release,
): Blocks {
  const names = new Set<string>();
  for (const [store, reference] of Object.entries(stores)) {
    if (kindOf(store, reference, release) === kind && typeof reference.backend === 'string')
      names.add(reference.backend);
  }
  const backends: Record<string, JsonObject> = {};
  for (const name of names) {
    const now = inBase[name];
    const stays = now && (config === undefined || (config === 'sqlite' && now.type === `${kind}_sqlite`));
    if (!stays) backends[name] = config === undefined || config === 'sqlite' ? sqlite(kind, base, release) : config;
  }
  return backends;
}

function kindOf(store: string, reference: JsonObject, release: Release): Kind {
  return release.stores[store]?.kind ?? ('table_name' in reference ? 'sql' : 'kv');
}

/** Files in SQLITE_STORE_DIR; both kinds in one folder, since the server makes the folder only for its kv file. */
function sqlite(kind: Kind, base: BaseConfig, release: Release): JsonObject {
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

/** The libraries read PGSSLMODE and PGSSLROOTCERT for the whole process, and no config field of pgvector says otherwise. */
function warnOfPgvector({ storage, providers }: Pick<Stack, 'storage' | 'providers'>, report: Report): void {
  const source = [storage.sql, storage.kv].find((part) => part?.type === 'postgres' && part.connectionString);
  if (source === undefined) return;
  for (const provider of providers) {
    if (provider.provider?.replace(/^.*::/, '') !== 'pgvector') continue;
    report.warning(
      provider.at,
      `pgvector connects with the TLS settings of \`${source.at.toString()}.connectionString\`: the server has one ` +
        `PGSSLMODE for all. Its database must accept the same \`sslmode\` and \`sslrootcert\``,
    );
  }
}
