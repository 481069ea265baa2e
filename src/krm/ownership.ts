import { type Identity, identityOf } from './identity.ts';
import type { Item } from './item.ts';
import { type Owner, ownerKey } from './owners.ts';

/** Tells which items were generated before, and from which of the owners of today. */
export class Ownership {
  private readonly owners = new Map<string, Owner>();
  private readonly byName = new Map<string, Owner[]>();
  private readonly owned = new Map<Owner | undefined, Item[]>();

  constructor(
    items: readonly Item[],
    owners: readonly Owner[],
    private readonly annotation: string,
  ) {
    for (const owner of owners) {
      const { name, namespace } = owner.item;
      this.owners.set(ownerKey(namespace, name), owner);
      this.byName.set(name, [...(this.byName.get(name) ?? []), owner]);
    }
    for (const item of items) {
      if (!item.annotations.has(annotation)) continue;
      const owner = this.ownerOf(item);
      const owned = this.owned.get(owner) ?? [];
      owned.push(item);
      this.owned.set(owner, owned);
    }
  }

  /** The owner that an item was generated from; undefined when it is gone, or the item is nobody's. */
  ownerOf(item: Item): Owner | undefined {
    const name = item.annotations.get(this.annotation);
    if (name === undefined) return undefined;
    // The annotation holds no namespace: a function that sets namespaces later must not break ownership.
    const named = this.byName.get(name) ?? [];
    return this.owners.get(ownerKey(item.namespace, name)) ?? (named.length === 1 ? named[0] : undefined);
  }

  /** The items that were generated from this owner, or from owners that are gone. */
  of(owner: Owner | undefined): readonly Item[] {
    return this.owned.get(owner) ?? [];
  }

  /** The former self of an object of this owner, in its namespace if there, else wherever another function has put it. */
  formerSelf(owner: Owner, { group, kind, namespace, name }: Identity): Item | undefined {
    const same = this.of(owner).filter(
      (item) => item.kind === kind && item.name === name && identityOf(item).group === group,
    );
    return same.find((item) => identityOf(item).namespace === namespace) ?? same[0];
  }
}
