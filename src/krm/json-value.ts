import { isMapping, type Json, type JsonObject } from './result.ts';

/** Whether two values mean the same: the order of keys does not count, that of lists does. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item: Json, index) => isEqual(item, b[index] as Json));
  }
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

/**
 * A value as JSON without spaces, keys sorted by code unit: the same text for the same meaning. Keys in `without` are left
 * out, wherever they stand.
 */
export function canonicalJson(value: Json, without: ReadonlySet<string> = nothing): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item, without)).join(',')}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const entries: string[] = [];
  for (const key of Object.keys(value).sort()) {
    if (!without.has(key)) entries.push(`${JSON.stringify(key)}:${canonicalJson(value[key] ?? null, without)}`);
  }
  return `{${entries.join(',')}}`;
}

const nothing: ReadonlySet<string> = new Set();

/** The mapping under a key, or an empty one. */
export function mappingAt(value: Json | undefined, key: string): JsonObject {
  const found = isMapping(value) ? value[key] : undefined;
  return isMapping(found) ? found : {};
}
