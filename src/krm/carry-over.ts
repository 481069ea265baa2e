import { mappingAt } from './json-value.ts';
import type { Json, JsonObject } from './result.ts';
import { emptyMapping } from './yaml-value.ts';

/**
 * A newly generated object in the place of its former self: labels and annotations that others have put there stay,
 * those that tell its file and the orchestrator's id among them. Those under `ownDomain` ("llamastack.io") are the
 * generator's alone.
 */
export function carryOver(next: JsonObject, former: JsonObject, ownDomain: string): JsonObject {
  const before = mappingAt(former, 'metadata');
  const metadata = mappingAt(next, 'metadata');
  const labels = joined(mappingAt(metadata, 'labels'), mappingAt(before, 'labels'), ownDomain);
  const annotations = joined(mappingAt(metadata, 'annotations'), mappingAt(before, 'annotations'), ownDomain);
  const carried = Object.assign(emptyMapping(), metadata);
  if (Object.keys(labels).length > 0) carried.labels = labels;
  if (Object.keys(annotations).length > 0) carried.annotations = annotations;
  return { ...next, metadata: carried };
}

function joined(own: JsonObject, foreign: JsonObject, ownDomain: string): JsonObject {
  const all = Object.assign(emptyMapping(), own) as Record<string, Json>;
  for (const key of Object.keys(foreign)) {
    if (!Object.hasOwn(all, key) && !key.startsWith(`${ownDomain}/`)) all[key] = foreign[key] ?? null;
  }
  return all;
}
