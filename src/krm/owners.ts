import type { Caller } from './caller.ts';
import { effectiveNamespace, identityOf, keyOf } from './identity.ts';
import { headerOf } from './header.ts';
import { Item, pathAnnotations } from './item.ts';
import type { ResourceList } from './item-list.ts';
import { isMapping, type Json, type Result } from './result.ts';

/** An object that others are generated from. */
export interface Owner {
  /** What it says is read from here. */
  readonly item: Item;
  /** Whether it stands in `items`; otherwise it is only the `functionConfig`, and is not added. */
  readonly listed: boolean;
}

/** The owners of a list, each once, and what is wrong with them as a set. */
export interface Owners {
  readonly owners: readonly Owner[];
  readonly results: readonly Result[];
}

/**
 * Finds the owners among the items and in `functionConfig`, where kustomize's generators and kpt's `configPath` pass one
 * as both. An owner is one by namespace and name; two of them are an error, and so is one in a `List` among the items.
 */
export function findOwners(list: ResourceList, caller: Caller, isOwner: (item: Item) => boolean): Owners {
  const copies = new Set(generatorCopies(list, caller));
  const owners = new Map<string, Owner>();
  const results: Result[] = [];
  for (const item of list.items) {
    results.push(...ownersInside(item, isOwner));
    if (!isOwner(item) || copies.has(item)) continue;
    const key = ownerKey(item.namespace, item.name);
    const first = owners.get(key)?.item;
    if (first) results.push(...twice(first, item));
    else owners.set(key, { item, listed: true });
  }
  const config = list.functionConfig;
  if (config && isOwner(config) && !owners.has(ownerKey(config.namespace, config.name))) {
    return { owners: [...owners.values(), { item: config, listed: false }], results };
  }
  return { owners: [...owners.values()], results };
}

/** The key that an owner is known by, whatever its group and version. */
export function ownerKey(namespace: string | undefined, name: string): string {
  return `${effectiveNamespace(namespace)}/${name}`;
}

/** The copy of the `functionConfig` that a kustomize generator puts among the items, for the function to drop. */
export function generatorCopies({ items, functionConfig }: ResourceList, caller: Caller): readonly Item[] {
  if (caller !== 'generator' || !functionConfig) return [];
  const key = keyOf(identityOf(functionConfig));
  return items.filter(
    (item) => keyOf(identityOf(item)) === key && !pathAnnotations.some((path) => item.annotations.has(path)),
  );
}

function twice(first: Item, second: Item): readonly Result[] {
  const places = [first, second].map(({ file }) => file?.path).filter((path) => path !== undefined);
  const report = second.report();
  const where = places.length > 0 ? ` (${[...new Set(places)].join(', ')})` : '';
  const namespace = second.namespace === undefined ? '' : ` in namespace "${second.namespace}"`;
  report.error(
    undefined,
    `Two objects are the ${second.kind} "${second.name}"${namespace}${where}; there must be one: remove or rename the other`,
  );
  return report.results;
}

/** Errors for owners in a `kind: List`, which no orchestrator hands over: what is generated would have no place beside them. */
function ownersInside(list: Item, isOwner: (item: Item) => boolean): readonly Result[] {
  if (list.kind !== 'List' || list.apiVersion !== 'v1') return [];
  const value = list.value();
  const objects = isMapping(value) && Array.isArray(value.items) ? (value.items as readonly Json[]) : [];
  return objects.flatMap((object) => {
    const item = new Item(list.source, list.range, list.place, headerOf(object), list.file);
    if (!isOwner(item)) return [];
    const report = item.report();
    report.error(
      undefined,
      'This object must be an item of its own, not one of a `List`: put it into a document of its own',
    );
    return report.results;
  });
}
