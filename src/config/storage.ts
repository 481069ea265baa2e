import type { JsonObject } from '../krm/result.ts';
import type { ResolvedStorage } from '../resolve/resolved.ts';

const backendKeys = [
  'type',
  'host',
  'port',
  'db',
  'user',
  'password',
  'ssl_mode',
  'ca_cert_path',
  'table_name',
  'db_path',
];
const storeKeys = ['backend', 'namespace', 'table_name', 'max_write_queue_size', 'num_writers'];

/** `storage` of config.yaml: the backends, and which of them each store of the server uses. */
export function buildStorage({ backends, stores }: ResolvedStorage): JsonObject {
  return { backends: ordered(backends, backendKeys), stores: ordered(stores, storeKeys) };
}

/** The entries in their order, their keys in ours; keys that we do not know stand last, as they are. */
function ordered(entries: Readonly<Record<string, JsonObject>>, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [
      name,
      Object.fromEntries([...keys, ...Object.keys(entry)].flatMap((key) => pick(entry, key))),
    ]),
  );
}

function pick(entry: JsonObject, key: string): [string, JsonObject[string]][] {
  const value = entry[key];
  return value === undefined ? [] : [[key, value]];
}
