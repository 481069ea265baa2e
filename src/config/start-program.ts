import type { StartProgram } from '../resolve/resolved.ts';
import text from './sitecustomize.py?raw';

/**
 * The start program, where one is needed: Python runs a `sitecustomize.py` that it finds on PYTHONPATH before all else,
 * so it works with every entrypoint. It finds its tasks by its variables: `LLSD_STORAGE_SQL_CONNECTION_STRING`,
 * `LLSD_STORAGE_KV_CONNECTION_STRING`, `LLSD_STORAGE_KV_ENDPOINT` with `LLSD_STORAGE_KV_PASSWORD`, `LLSD_CA_BUNDLE` and
 * `SQLITE_STORE_DIR`.
 */
export function startProgram({ postgres, redis, sqliteFolder, caBundle }: StartProgram): string | undefined {
  return postgres.length > 0 || redis || sqliteFolder || caBundle ? text : undefined;
}
