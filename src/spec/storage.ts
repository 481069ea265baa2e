import type { Json, JsonObject, Path, Report } from '../krm/result.ts';
import { readShape } from './read-shape.ts';
import { absent, given, valued } from './rules.ts';
import { secretReferenceShapes, toSecretReference, type SecretReference } from './secret-reference.ts';
import {
  type Holed,
  type Rule,
  choice,
  either,
  fallback,
  integerWithin,
  isObject,
  object,
  optional,
  text,
} from './shape.ts';
import type * as z from 'zod/v4/core';

/** A storage field: written out, or a key of a Secret. */
export type Text =
  { readonly value: string; readonly at: Path } | { readonly secret: SecretReference; readonly at: Path };

/** State in files on the data volume. */
export interface Sqlite {
  readonly type: 'sqlite';
  readonly at: Path;
}

/** `spec.storage.kv` of type `redis`; `endpoint` is `redis://host:port/db` or `host:port`. */
export interface Redis {
  readonly type: 'redis';
  readonly endpoint?: Text;
  readonly password?: Text;
  readonly at: Path;
}

/** `spec.storage.kv` or `.sql` of type `postgres`: a connection string, or separate fields. */
export interface Postgres {
  readonly type: 'postgres';
  readonly connectionString?: Text;
  readonly host?: Text;
  readonly port?: Text;
  readonly database?: Text;
  readonly user?: Text;
  readonly password?: Text;
  readonly at: Path;
}

/** `spec.storage`: a part that is not given stays as the base config has it. */
export interface Storage {
  readonly kv?: Sqlite | Redis | Postgres;
  readonly sql?: Sqlite | Postgres;
  readonly at: Path;
}

type StorageType = (typeof TYPES)[number];

/** The type of a part that is given without one. */
const TYPE = 'sqlite';

/** Which fields a type has, besides `type`. */
const FIELDS: Readonly<Record<StorageType, readonly string[]>> = {
  sqlite: [],
  redis: ['endpoint', 'password'],
  postgres: ['connectionString', 'host', 'port', 'database', 'user', 'password'],
};

const TYPES = ['sqlite', 'redis', 'postgres'] as const;
const SQL_TYPES = ['sqlite', 'postgres'] as const;

/** A string, or a reference to a Secret. */
const textOrSecret = (what: string, pattern?: RegExp) => {
  const must = `must be ${what}, or a reference to a Secret, \`{secretKeyRef: {name, key}}\``;
  return either({ must, confidential: true }, text(must, pattern), ...secretReferenceShapes);
};

const portOrSecret = () => {
  const must = 'must be a port from 1 to 65535, or a reference to a Secret, `{secretKeyRef: {name, key}}`';
  return either(
    { must },
    integerWithin(1, 65535, { must }),
    text(must, /^[1-9][0-9]{0,4}(?:,[1-9][0-9]{0,4})*$/),
    ...secretReferenceShapes,
  );
};

const postgresFields = () => ({
  connectionString: optional(
    'PostgreSQL: the whole connection string.',
    textOrSecret(
      'a connection string, `postgresql://user:password@host:port/database`',
      /^postgres(?:ql)?(?:\+[a-z0-9]+)?:\/\/\S+$/,
    ),
  ),
  host: optional('PostgreSQL: the host.', textOrSecret('a host name', /^[^\s:/@]+$|^\[?[0-9A-Fa-f:.%]+\]?$|^\/\S+$/)),
  port: optional('PostgreSQL: the port.', portOrSecret()),
  database: optional('PostgreSQL: the database.', textOrSecret('the name of a database')),
  user: optional('PostgreSQL: the user.', textOrSecret('the name of a user')),
});

const password = () => optional('The password.', textOrSecret('a string'));

/** Which fields stand beside which `type`: those of that type, and of PostgreSQL's either the connection string or the others. */
function fieldsOfType(types: readonly StorageType[]): Rule {
  const all = [...new Set(types.flatMap((type) => FIELDS[type]))];
  const own: Readonly<Record<StorageType, readonly JsonObject[]>> = {
    sqlite: [],
    redis: [given('endpoint')],
    postgres: [
      {
        oneOf: [
          {
            allOf: [
              given('connectionString'),
              absent(...FIELDS.postgres.filter((field) => field !== 'connectionString')),
            ],
          },
          { allOf: [given('host'), absent('connectionString')] },
        ],
      },
    ],
  };
  const schemas = types.map((type) => {
    const foreign = all.filter((field) => !FIELDS[type].includes(field));
    const typed = type === TYPE ? { anyOf: [absent('type'), valued('type', type)] } : valued('type', type);
    return { allOf: [typed, ...(foreign.length > 0 ? [absent(...foreign)] : []), ...own[type]] };
  });
  return { message: 'The fields must be those of `type`', schema: { oneOf: schemas } };
}

/** `spec.storage` as written; which fields a type has is checked by the reader. */
export const storageSchema = object(() => ({
  kv: optional(
    'Where keys and values are kept.',
    object(
      () => ({
        type: fallback('The kind of store.', choice(...TYPES), TYPE),
        endpoint: optional(
          'Redis: `redis://host:port/db` or host:port.',
          textOrSecret(
            '`redis://host:port/db` or host:port',
            /^(?:rediss?:\/\/)?(?:[^\s/]*@)?[^\s/:@]+(?::[0-9]{1,5})?(?:\/[0-9]*)?$|^(?:rediss?:\/\/)?(?:[^\s/]*@)?\[[0-9A-Fa-f:.%]+\](?::[0-9]{1,5})?(?:\/[0-9]*)?$/,
          ),
        ),
        ...postgresFields(),
        password: password(),
      }),
      { rules: () => [fieldsOfType(TYPES)] },
    ),
  ),
  sql: optional(
    'Where tables are kept.',
    object(
      () => ({
        type: fallback('The kind of store.', choice(...SQL_TYPES), TYPE),
        ...postgresFields(),
        password: password(),
      }),
      { rules: () => [fieldsOfType(SQL_TYPES)] },
    ),
  ),
}));

type Part = NonNullable<Holed<z.infer<typeof storageSchema>>['kv']>;

/** Reads `spec.storage`. */
export function readStorage(value: Json | undefined, at: Path, report: Report): Storage {
  const given = readShape(storageSchema, value, at, report) ?? {};
  const kv = readPart(given.kv, TYPES, fieldOf(value, 'kv'), at.field('kv'), report);
  const sql = readPart(given.sql, SQL_TYPES, fieldOf(value, 'sql'), at.field('sql'), report);
  return { ...(kv && { kv }), ...(sql && sql.type !== 'redis' && { sql }), at };
}

function readPart(
  given: Part | undefined,
  types: readonly StorageType[],
  written: JsonObject | undefined,
  at: Path,
  report: Report,
): Sqlite | Redis | Postgres | undefined {
  if (given === undefined || written === undefined) return undefined;
  const type = Object.hasOwn(written, 'type') ? given.type : TYPE;
  if (type === undefined) return undefined;
  checkFields(type, types, written, at, report);
  const texts: Record<string, Text> = {};
  for (const field of FIELDS[type]) {
    const entry = toText(given[field as Exclude<keyof Part, 'type'>], at.field(field));
    if (entry === undefined) continue;
    texts[field] = entry;
    if ('value' in entry && (field === 'password' || field === 'connectionString')) {
      report.warning(
        entry.at,
        `\`${field}\` is written out, so that whoever reads the CR or the Deployment knows it: use \`${field}: {secretKeyRef: {name: <Secret>, key: <key>}}\``,
      );
    }
  }
  return { type, ...texts, at };
}

/** Reports fields of another type, and those that the type needs and lacks. */
function checkFields(
  type: StorageType,
  types: readonly StorageType[],
  written: JsonObject,
  at: Path,
  report: Report,
): void {
  const has = (field: string): boolean => Object.hasOwn(written, field);
  const foreign = Object.keys(written).filter((field) => isFieldOf(field, types) && !FIELDS[type].includes(field));
  if (!has('type') && foreign.length > 0) {
    const meant = types.find((other) => foreign.every((field) => FIELDS[other].includes(field)));
    const named = foreign.map((field) => `\`${field}\``).join(', ');
    report.error(
      at.field('type'),
      `\`type\` is required beside ${named}: it is ${TYPE} when it is not given, which has no such field`,
      { proposedValue: meant },
    );
    return;
  }
  for (const field of foreign) {
    const owners = types.filter((other) => FIELDS[other].includes(field)).map((other) => `\`type: ${other}\``);
    report.error(
      at.field(field),
      `\`${field}\` is a field of ${owners.join(' and ')}, not of \`type: ${type}\`: remove one of them`,
    );
  }
  if (type === 'redis' && !has('endpoint')) {
    report.error(
      at.field('endpoint'),
      '`endpoint` is required with `type: redis`: `redis://host:port/db` or host:port',
    );
  }
  if (type !== 'postgres') return;
  if (!has('connectionString') && !has('host')) {
    report.error(at.field('connectionString'), '`connectionString` or `host` is required with `type: postgres`');
  }
  if (!has('connectionString')) return;
  for (const field of FIELDS.postgres) {
    if (field === 'connectionString' || !has(field)) continue;
    report.error(at.field(field), `\`${field}\` cannot stand beside \`connectionString\`, which holds it: remove one`);
  }
}

function isFieldOf(field: string, types: readonly StorageType[]): boolean {
  return types.some((type) => FIELDS[type].includes(field));
}

function toText(value: Part['port'], at: Path): Text | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object') {
    const secret = toSecretReference(value, at);
    return secret && { secret, at };
  }
  return { value: String(value), at };
}

function fieldOf(value: Json | undefined, field: string): JsonObject | undefined {
  const part = isObject(value) ? value[field] : undefined;
  return isObject(part) ? part : undefined;
}
