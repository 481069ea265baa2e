import type { JsonObject } from '../../krm/result.ts';
import { splitCamelCase, type Variable } from '../../secret-env.ts';
import type { Text } from '../../spec/storage.ts';

/** A backend that the CR asks for: its config, the pod's variables for it, and what the start program does for it. */
export interface ResolvedBackend {
  readonly config: JsonObject;
  readonly variables: readonly Variable[];
  readonly start?: 'sql' | 'kv' | 'redis';
}

/** The variable of a field of `spec.storage`: `sql`, `connectionString` → `LLSD_STORAGE_SQL_CONNECTION_STRING`. */
export function storageVariable(kind: 'kv' | 'sql', field: string): string {
  return `LLSD_STORAGE_${kind.toUpperCase()}_${splitCamelCase(field).toUpperCase()}`;
}

/** The variable that carries a field into the container. */
export function toVariable(name: string, text: Text): Variable {
  return 'secret' in text ? { name, secret: text.secret } : { name, value: text.value };
}

/** Whether two fields certainly hold the same: one text, or one key of one Secret. */
export function isSame(a: Text, b: Text | undefined): boolean {
  if (b === undefined) return false;
  if ('secret' in a) return 'secret' in b && a.secret.name === b.secret.name && a.secret.key === b.secret.key;
  return 'value' in b && a.value === b.value;
}
