import type { JsonObject, Report } from '../../krm/result.ts';
import type { Release } from '../../releases/release.ts';
import { envExpression, type Variable } from '../../secret-env.ts';
import type { Postgres, Text } from '../../spec/storage.ts';
import { isSame, storageVariable, toVariable, type ResolvedBackend } from './backend.ts';
import { checkConnectionString } from './connection-string.ts';
import { postgresFields, readPostgresFields, type PostgresFields } from './postgres-fields.ts';

/** The variables that both PostgreSQL libraries of the server read. */
const pgVariables = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  database: 'PGDATABASE',
} as const;

/**
 * The one config with which the server's library takes everything from PG* variables: the server pastes the fields into
 * a URL without escaping, and for the empty parts of a URL the library reads the variables, where no character needs any.
 */
const fromVariables: JsonObject = { type: 'sql_postgres', host: '', port: 0, db: '', user: '', password: '' };

/** `spec.storage.sql` of type `postgres`. */
export function resolveSqlPostgres(sql: Postgres, report: Report): ResolvedBackend {
  if (sql.connectionString) {
    checkConnectionString(sql.connectionString, report);
    const variable = toVariable(storageVariable('sql', 'connectionString'), sql.connectionString);
    return { config: fromVariables, variables: [variable], start: 'sql' };
  }
  const fields = readPostgresFields('sql', sql, report);
  const variables = postgresFields.flatMap((field) => {
    const text = fields[field];
    return text ? [toVariable(pgVariables[field], text)] : [];
  });
  return { config: fromVariables, variables };
}

/**
 * `spec.storage.kv` of type `postgres`, beside `spec.storage.sql` where that is `postgres` too. Its library takes only
 * the password and the TLS settings from PG* variables; the other fields must stand in the config.
 */
export function resolveKvPostgres(
  kv: Postgres,
  sql: Postgres | undefined,
  release: Release,
  report: Report,
): ResolvedBackend {
  if (kv.connectionString) {
    checkConnectionString(kv.connectionString, report);
    const variable = toVariable(storageVariable('kv', 'connectionString'), kv.connectionString);
    return { config: splitByStartProgram(release), variables: [variable], start: 'kv' };
  }
  const fields = readPostgresFields('kv', kv, report);
  const password = placePassword(fields.password, sql);
  const placed = placeFields(fields, sql);
  return {
    config: {
      type: 'kv_postgres',
      ...placed.config,
      ...(password.expression !== undefined && { password: password.expression }),
      table_name: release.kvTableName,
    },
    variables: [...placed.variables, ...(password.variable ? [password.variable] : [])],
  };
}

/** The config whose variables the start program sets from `LLSD_STORAGE_KV_CONNECTION_STRING`. */
function splitByStartProgram(release: Release): JsonObject {
  return {
    type: 'kv_postgres',
    host: envExpression(storageVariable('kv', 'host')),
    port: envExpression(storageVariable('kv', 'port')),
    db: envExpression(storageVariable('kv', 'database')),
    user: envExpression(storageVariable('kv', 'user')),
    password: envExpression(`${storageVariable('kv', 'password')}:=`),
    ssl_mode: envExpression(`${storageVariable('kv', 'sslmode')}:=`),
    ca_cert_path: envExpression(`${storageVariable('kv', 'sslrootcert')}:=`),
    table_name: release.kvTableName,
  };
}

/** Literal fields as they are, those from a Secret by their variable; one that `spec.storage.sql` has too, by its PG* variable. */
function placeFields(
  fields: PostgresFields,
  sql: Postgres | undefined,
): { config: JsonObject; variables: readonly Variable[] } {
  const variables = new Map<string, Variable>();
  const place = (field: 'host' | 'port' | 'database' | 'user'): string => {
    const text = fields[field];
    if (text === undefined || 'value' in text) return text?.value ?? '';
    const owner = text === fields.user ? 'user' : field;
    if (isSame(text, sql?.[owner])) return envExpression(pgVariables[owner]);
    const name = storageVariable('kv', owner);
    variables.set(name, toVariable(name, text));
    return envExpression(name);
  };
  const [host, port, user, db] = [place('host'), place('port'), place('user'), place('database')];
  const config = { host, port: /^\d+$/.test(port) ? Number(port) : port, db, user };
  return { config, variables: [...variables.values()] };
}

/**
 * The password goes by PGPASSWORD, unless that belongs to another identity of `spec.storage.sql`; then it has a variable
 * of its own, whose value the start program keeps from being taken for a number.
 */
function placePassword(
  password: Text | undefined,
  sql: Postgres | undefined,
): { readonly variable?: Variable; readonly expression?: string } {
  if (password === undefined || isSame(password, sql?.password)) return {};
  if (sql === undefined) return { variable: toVariable(pgVariables.password, password) };
  const name = storageVariable('kv', 'password');
  return { variable: toVariable(name, password), expression: envExpression(name) };
}
