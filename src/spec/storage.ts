import type { Path } from '../krm/result.ts';
import type { SecretReference } from './secret-reference.ts';

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
