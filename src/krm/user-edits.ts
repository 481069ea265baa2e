import { canonicalJson, isEqual, mappingAt } from './json-value.ts';
import { isMapping, type Json, type JsonObject, Path } from './result.ts';
import { emptyMapping } from './yaml-value.ts';

/** What functions that run after ours set throughout an object (set-labels, set-annotations, set-namespace): no user's edit. */
const setByOthers = new Set([
  'labels',
  'annotations',
  'namespace',
  'matchLabels',
  'selector',
  'labelSelector',
  'podSelector',
]);

/** The object without what other functions set. */
function ownPart(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => ownPart(item));
  if (!isMapping(value)) return value;
  const own = emptyMapping();
  for (const key of Object.keys(value)) if (!setByOthers.has(key)) own[key] = ownPart(value[key] ?? null);
  return own;
}

/** A hash of an object by which a later run tells whether a user has edited it: 16 hex digits. */
export function editHash(value: JsonObject, sha256hex: (text: string) => string): string {
  return sha256hex(canonicalJson(value, setByOthers)).slice(0, 16);
}

/** The fields in which a user has edited `present`, which are about to be as in `next`; none where its hash still fits. */
export function userEdits(
  present: JsonObject,
  next: JsonObject,
  hashAnnotation: string,
  sha256hex: (text: string) => string,
): readonly string[] {
  const hash = mappingAt(present.metadata, 'annotations')[hashAnnotation];
  if (typeof hash !== 'string' || hash === editHash(present, sha256hex)) return [];
  return differences(ownPart(present), ownPart(next), Path.root);
}

function differences(a: Json | undefined, b: Json | undefined, at: Path): readonly string[] {
  if (isEqual(a, b)) return [];
  if (isMapping(a) && isMapping(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return keys.flatMap((key) => differences(a[key], b[key], at.field(key)));
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return a.flatMap((item: Json, index) => differences(item, b[index] as Json, at.item(index)));
  }
  return [at.toString()];
}
