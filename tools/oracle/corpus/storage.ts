import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/krm/result.ts';
import { secretRef, type Draw } from './draw.ts';

/** `spec.storage`: mostly sqlite, since a database is started for each other. */
export function storage(): Draw<JsonObject> {
  const sqlite = fc.constantFrom<JsonObject>({ type: 'sqlite' }, {});
  const kv = fc.oneof({ weight: 5, arbitrary: sqlite }, { weight: 1, arbitrary: redis() });
  const sql = fc.oneof({ weight: 5, arbitrary: sqlite }, { weight: 1, arbitrary: postgres() });
  const both = postgres().map((given) => ({ kv: given, sql: given }));
  return fc.oneof(
    { weight: 14, arbitrary: fc.record({ kv, sql }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: both },
  );
}

function postgres(): Draw<JsonObject> {
  const text = (value: string, key: string) => fc.oneof(fc.constant<Json>(value), secretRef(key, 'db'));
  const fields = fc.record(
    {
      host: text('db.example', 'host'),
      database: text('llama', 'database'),
      user: text('app', 'user'),
      password: secretRef('password', 'db'),
      port: fc.oneof(fc.constantFrom<Json>(5432, '5433'), secretRef('port', 'db')),
    },
    { requiredKeys: ['host', 'user', 'database'] },
  );
  const whole = secretRef('url', 'db').map((connectionString): JsonObject => ({ connectionString }));
  return fc.oneof(whole, fields).map((given): JsonObject => ({ type: 'postgres', ...given }));
}

function redis(): Draw<JsonObject> {
  return fc.record(
    {
      type: fc.constant('redis'),
      endpoint: fc.oneof(
        fc.constantFrom<Json>('redis.example:6379', 'redis://redis.example:6379/3', 'redis.example'),
        secretRef('url', 'redis'),
      ),
      password: secretRef('password', 'redis'),
    },
    { requiredKeys: ['type', 'endpoint'] },
  );
}
