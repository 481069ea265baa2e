import type { StartProgram } from '../resolve/resolved.ts';
import text from './sitecustomize.py?raw';

/** The variable that tells the start program which file to join with the image's own roots. */
export const caBundleVariable = 'LLSD_CA_BUNDLE';

/**
 * The start program, where one is needed: Python runs a `sitecustomize.py` that it finds on PYTHONPATH before all else,
 * so it works with every entrypoint. It finds its tasks by its variables: `LLSD_STORAGE_SQL_CONNECTION_STRING`,
 * `LLSD_STORAGE_KV_CONNECTION_STRING`, `LLSD_STORAGE_KV_ENDPOINT` with `LLSD_STORAGE_KV_PASSWORD`, `LLSD_CA_BUNDLE`.
 */
export function startProgram({ postgres, redis, caBundle }: StartProgram): string | undefined {
  return postgres.length > 0 || redis || caBundle ? text : undefined;
}
