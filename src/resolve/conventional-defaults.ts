import type { Json, JsonObject } from '../krm/result.ts';
import type { ProviderType } from '../releases/release.ts';

/**
 * The values that the server's own distributions give to fields that a CR need not know (`persistence`, `kvstore`,
 * `db_path`, `storage_dir`). A second provider of one type gets places of its own, told apart by its id:
 * `vector_io::pgvector` → `vector_io::pgvector::archive`.
 */
export function conventionalDefaults(type: ProviderType, id: string, distribution: string): JsonObject {
  const own = id === type.type.replace(/^(remote|inline)::/, '') ? undefined : id;
  const place = (key: string, value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map((entry) => place('', entry));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value as JsonObject).map(([name, entry]) => [name, place(name, entry)]));
    }
    if (typeof value !== 'string') return value;
    const text = value.replaceAll('{distribution}', distribution);
    return own === undefined ? text : apart(key, text, own);
  };
  return place('', type.defaults) as JsonObject;
}

function apart(key: string, text: string, id: string): string {
  const word = id.replace(/[^A-Za-z0-9_-]/g, '_');
  if (key === 'namespace') return `${text}::${word}`;
  if (key === 'table_name') return `${text}_${word.replaceAll('-', '_')}`;
  if (key === 'db_path' || key === 'path') return text.replace(/(\.[a-z]+)?$/, (extension) => `-${word}${extension}`);
  if (key === 'storage_dir') return `${text}/${word}`;
  return text;
}
