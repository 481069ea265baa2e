import { posix } from 'node:path';
import { isStack } from '../../src/generation.ts';
import { Item } from '../../src/krm/item.ts';
import { resourceListFromFiles } from '../../src/krm/resource-list-from-files.ts';
import { isMapping, type JsonObject } from '../../src/krm/result.ts';
import { entriesOf, patchFilesOf } from '../lines/kustomizations.ts';

/** A CR as a patch makes it. */
export interface PatchedStack {
  /** What the patch says of the image, and nothing else of the CR. */
  readonly item: Item;
  /** The path of the kustomization that has the patch. */
  readonly kustomization: string;
}

/** Which of the items are no CRs of their own but patches of one, and the CRs that they and inline patches give another image. */
export function patchedStacks(
  kustomizations: ReadonlyMap<string, JsonObject>,
  items: readonly Item[],
): { readonly patches: ReadonlySet<Item>; readonly patched: readonly PatchedStack[] } {
  const patches = new Set<Item>();
  const patched: PatchedStack[] = [];
  for (const [kustomization, value] of kustomizations) {
    const files = new Set(patchFilesOf(posix.dirname(kustomization), value));
    const ofFiles = items.filter((item) => isStack(item) && files.has(posix.normalize(item.file?.path ?? '')));
    for (const item of ofFiles) patches.add(item);
    for (const patch of [...ofFiles, ...inlinePatches(kustomization, value).filter(isStack)]) {
      const item = withImageAlone(patch);
      if (item) patched.push({ item, kustomization });
    }
  }
  return { patches, patched };
}

/** Patches of JSON operations are no objects, and none of these. */
function inlinePatches(path: string, { patches }: JsonObject): readonly Item[] {
  const texts = entriesOf(patches).flatMap((entry) =>
    isMapping(entry) && typeof entry.patch === 'string' ? [entry.patch] : [],
  );
  return resourceListFromFiles(texts.map((text) => ({ path, text }))).list.items;
}

function withImageAlone(patch: Item): Item | undefined {
  const value = patch.value();
  const spec = isMapping(value) ? value.spec : undefined;
  const distribution = isMapping(spec) ? spec.distribution : undefined;
  if (!isMapping(value) || !isMapping(distribution)) return undefined;
  // `null` and `$patch: replace` take away what the CR has.
  const left = Object.entries(distribution).filter(([key, entry]) => entry !== null && key !== '$patch');
  if (left.length === 0) return undefined;
  const { apiVersion = '', kind = '', metadata = {} } = value;
  return inlineItem(
    { apiVersion, kind, metadata, spec: { distribution: Object.fromEntries(left) } },
    patch.source.path,
  );
}

/** An object that stands in a file of another kind. */
export function inlineItem(value: JsonObject, path = ''): Item {
  const text = JSON.stringify(value);
  return Item.parsed({ text, path }, { start: 0, end: text.length }, 'document', { path, index: 0 });
}
