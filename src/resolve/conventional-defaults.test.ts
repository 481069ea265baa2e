import { expect, it } from 'vitest';
import type { ProviderType } from '../releases/release.ts';
import { conventionalDefaults } from './conventional-defaults.ts';

const type: ProviderType = {
  type: 'inline::sqlite-vec',
  fields: {},
  required: [],
  unknownFields: 'ignore',
  requires: [],
  optional: [],
  defaults: {
    db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/{distribution}}/sqlite_vec.db',
    persistence: { namespace: 'vector_io::sqlite_vec', backend: 'kv_default' },
  },
};

it('gives the only provider of a type the places of the distribution', () => {
  expect(conventionalDefaults(type, 'sqlite-vec', 'starter')).toEqual({
    db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/starter}/sqlite_vec.db',
    persistence: { namespace: 'vector_io::sqlite_vec', backend: 'kv_default' },
  });
});

it('gives a provider with an id of its own places of its own', () => {
  expect(conventionalDefaults(type, 'archive', 'starter')).toEqual({
    db_path: '${env.SQLITE_STORE_DIR:=~/.llama/distributions/starter}/sqlite_vec-archive.db',
    persistence: { namespace: 'vector_io::sqlite_vec::archive', backend: 'kv_default' },
  });
});
