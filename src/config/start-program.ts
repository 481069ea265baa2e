import { configKeys } from '../names.ts';
import type { StartProgram } from '../resolve/resolved.ts';
import environment from './start-program/llsd_environment.py?raw';
import server from './start-program/llsd_server.py?raw';
import stores from './start-program/llsd_stores.py?raw';
import start from './start-program/sitecustomize.py?raw';

/**
 * The files of the start program, as keys of the ConfigMap: Python runs a `sitecustomize.py` that it finds on PYTHONPATH
 * before all else, so it works with every entrypoint. It is always there, since no config knows on which state of an
 * earlier one it will start; what prepares the environment is there where a task is. That part finds its tasks by its
 * variables: `LLSD_STORAGE_SQL_CONNECTION_STRING`, `LLSD_STORAGE_KV_CONNECTION_STRING`, `LLSD_STORAGE_KV_ENDPOINT` with
 * `LLSD_STORAGE_KV_PASSWORD`, `LLSD_CA_BUNDLE` and `SQLITE_STORE_DIR`.
 */
export function startProgram({ postgres, redis, sqliteFolder, caBundle }: StartProgram): Record<string, string> {
  const prepares = postgres.length > 0 || redis || sqliteFolder || caBundle;
  return {
    [configKeys.startProgram]: start,
    ...(prepares && { 'llsd_environment.py': environment }),
    'llsd_server.py': server,
    'llsd_stores.py': stores,
  };
}
