import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Path, Report, type Json } from '../krm/result.ts';
import { readStorage } from './storage.ts';

function read(yaml: string) {
  const report = new Report();
  const storage = readStorage(parse(yaml) as Json, Path.root.field('storage'), report);
  return { storage, results: report.results.map(({ severity, message, field }) => ({ severity, message, ...field })) };
}

test.each([
  ['{}', {}],
  ['{kv: {}, sql: {}}', { kv: { type: 'sqlite' }, sql: { type: 'sqlite' } }],
  [
    '{kv: {type: redis, endpoint: "redis://r:6379/0"}}',
    { kv: { type: 'redis', endpoint: { value: 'redis://r:6379/0' } } },
  ],
  [
    '{kv: {type: redis, endpoint: r, password: {name: s, key: k}}}',
    { kv: { endpoint: { value: 'r' }, password: { secret: { name: 's', key: 'k' } } } },
  ],
  ['{kv: {type: postgres, host: h}}', { kv: { type: 'postgres', host: { value: 'h' } } }],
  [
    '{sql: {type: postgres, host: h, port: 5432, database: d, user: u, password: {secretKeyRef: {name: s, key: k}}}}',
    {
      sql: {
        port: { value: '5432' },
        database: { value: 'd' },
        user: { value: 'u' },
        password: { secret: { key: 'k' } },
      },
    },
  ],
  [
    '{sql: {type: postgres, host: "[::1]", port: {name: s, key: p}}}',
    { sql: { host: { value: '[::1]' }, port: { secret: { key: 'p' } } } },
  ],
  [
    '{sql: {type: postgres, connectionString: {name: s, key: k}}}',
    { sql: { connectionString: { secret: { name: 's' } } } },
  ],
])('%s is read', (yaml, expected) => {
  const { storage, results } = read(yaml);
  expect(results).toEqual([]);
  expect(storage).toMatchObject(expected);
});

test.each([
  ['{kv: {type: redis}}', ['kv.endpoint'], undefined],
  ['{sql: {type: postgres}}', ['sql.connectionString'], undefined],
  ['{sql: {type: postgres, user: u}}', ['sql.connectionString'], undefined],
  ['{sql: {type: redis}}', ['sql.type'], undefined],
  ['{sql: {type: postgresql, host: h}}', ['sql.type'], 'postgres'],
  ['{kv: {type: Redis, endpoint: r}}', ['kv.type'], 'redis'],
  ['{kv: {endpoint: r}}', ['kv.type'], 'redis'],
  ['{sql: {host: h, user: u}}', ['sql.type'], 'postgres'],
  ['{kv: {type: sqlite, endpoint: r}}', ['kv.endpoint'], undefined],
  ['{kv: {type: redis, endpoint: r, host: h, user: u}}', ['kv.host', 'kv.user'], undefined],
  ['{kv: {type: postgres, host: h, endpoint: r}}', ['kv.endpoint'], undefined],
  ['{sql: {type: postgres, endpoint: r, host: h}}', ['sql.endpoint'], undefined],
  ['{sql: {type: postgres, connectionString: {name: s, key: k}, host: h}}', ['sql.host'], undefined],
  ['{sql: {type: postgres, connectionString: "mysql://h/d"}}', ['sql.connectionString'], undefined],
  ['{sql: {type: postgres, host: h, port: 0}}', ['sql.port'], undefined],
  ['{sql: {type: postgres, host: h, port: "54x"}}', ['sql.port'], undefined],
  ['{sql: {type: postgres, host: "a b"}}', ['sql.host'], undefined],
  ['{kv: {type: redis, endpoint: "http://r:6379"}}', ['kv.endpoint'], undefined],
  ['{kvs: {}}', ['kvs'], 'kv'],
])('%s is an error at %j', (yaml, paths, proposedValue) => {
  const { results } = read(yaml);
  expect(results.map(({ severity, path }) => `${severity} ${path ?? ''}`)).toEqual(
    paths.map((path) => `error storage.${path}`),
  );
  expect(results[0]?.proposedValue).toBe(proposedValue);
});

test.each([
  '{sql: {type: postgres, host: h, password: hunter2}}',
  '{sql: {type: postgres, connectionString: "postgresql://u:hunter2@h/d"}}',
  '{kv: {type: redis, endpoint: r, password: hunter2}}',
])('a credential that is written out is a warning that does not repeat it: %s', (yaml) => {
  const { results } = read(yaml);
  expect(results).toMatchObject([{ severity: 'warning', message: expect.stringContaining('secretKeyRef') as string }]);
  expect(JSON.stringify(results)).not.toContain('hunter2');
});
