import { annotate } from './annotate.ts';
import type { Item } from './item.ts';
import { isMapping, type Json, type JsonObject } from './result.ts';
import { emptyMapping } from './yaml-value.ts';

/** One change to the items of a list; an item has at most one of `remove`, `replace` and `annotate`. */
export type Edit =
  | { readonly change: 'remove'; readonly item: Item }
  | { readonly change: 'replace'; readonly item: Item; readonly value: JsonObject }
  | { readonly change: 'annotate'; readonly item: Item; readonly annotations: ReadonlyMap<string, string> }
  /** A new item after this one (in the order of the edits), or at the end. */
  | { readonly change: 'add'; readonly after: Item | undefined; readonly value: JsonObject };

/** An item as it will stand: its own text, perhaps with annotations added, or a new value. */
export type Placed =
  | { readonly item: Item; readonly text: string; readonly annotations: ReadonlyMap<string, string> }
  | { readonly value: JsonObject };

/** What edits make of a list: what stands in the place of each item that they name, and what stands behind them all. */
export interface EditedItems {
  readonly inPlaceOf: ReadonlyMap<Item, readonly Placed[]>;
  readonly behind: readonly Placed[];
}

/** Applies edits; the items that none of them names are as they were. */
export function editItems(edits: readonly Edit[]): EditedItems {
  const own = new Map<Item, Edit>();
  const added = new Map<Item | undefined, Placed[]>();
  for (const edit of edits) {
    if (edit.change !== 'add') own.set(edit.item, edit);
    else {
      const after = added.get(edit.after) ?? [];
      after.push({ value: edit.value });
      added.set(edit.after, after);
    }
  }
  const inPlaceOf = new Map<Item, readonly Placed[]>();
  for (const item of [...own.keys(), ...added.keys()]) {
    if (item) inPlaceOf.set(item, [...edited(item, own.get(item)), ...(added.get(item) ?? [])]);
  }
  return { inPlaceOf, behind: added.get(undefined) ?? [] };
}

/** The items after all edits, in order. */
export function placedItems(items: readonly Item[], edits: readonly Edit[]): readonly Placed[] {
  const { inPlaceOf, behind } = editItems(edits);
  return [...items.flatMap((item) => inPlaceOf.get(item) ?? edited(item, undefined)), ...behind];
}

function edited(item: Item, edit: Edit | undefined): readonly Placed[] {
  if (edit?.change === 'remove') return [];
  if (edit?.change === 'replace') return [{ value: edit.value }];
  if (edit?.change !== 'annotate') return [{ item, text: item.text, annotations: item.annotations }];
  const spot = item.annotationSpot();
  if (!spot) return [{ value: withAnnotations(item.value(), edit.annotations) }];
  const annotations = new Map([...item.annotations, ...edit.annotations]);
  return [{ item, text: annotate(item.text, spot, edit.annotations), annotations }];
}

/** An object with these annotations added to its own, or put in their place where both have one. */
export function withAnnotations(value: Json, annotations: ReadonlyMap<string, string>): JsonObject {
  if (!isMapping(value)) throw new Error('Only an object can be annotated');
  const metadata = isMapping(value.metadata) ? value.metadata : {};
  const own = isMapping(metadata.annotations) ? metadata.annotations : {};
  const all = Object.assign(emptyMapping(), own);
  for (const [key, text] of annotations) all[key] = text;
  return { ...value, metadata: { ...metadata, annotations: all } };
}
