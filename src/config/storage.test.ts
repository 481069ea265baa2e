import { describe, expect, it } from 'vitest';
import { buildStorage } from './storage.ts';

describe('storage of config.yaml', () => {
  it('has the keys of backends and stores in a fixed order, and unknown ones behind them', () => {
    const storage = buildStorage({
      backends: {
        kv_default: { db_path: '/kv.db', type: 'kv_sqlite' },
        sql_default: { pool_size: 5, password: '', user: '', db: '', port: 0, host: '', type: 'sql_postgres' },
      },
      stores: {
        metadata: { namespace: 'registry', backend: 'kv_default' },
        inference: {
          num_writers: 4,
          max_write_queue_size: 10000,
          backend: 'sql_default',
          table_name: 'inference_store',
        },
      },
      variables: [],
      start: { postgres: [], redis: false, sqliteFolder: false },
    });
    expect(JSON.stringify(storage)).toBe(
      JSON.stringify({
        backends: {
          kv_default: { type: 'kv_sqlite', db_path: '/kv.db' },
          sql_default: { type: 'sql_postgres', host: '', port: 0, db: '', user: '', password: '', pool_size: 5 },
        },
        stores: {
          metadata: { backend: 'kv_default', namespace: 'registry' },
          inference: {
            backend: 'sql_default',
            table_name: 'inference_store',
            max_write_queue_size: 10000,
            num_writers: 4,
          },
        },
      }),
    );
  });
});
