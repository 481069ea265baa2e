import { type Caller, nameContextOf } from './caller.ts';
import { carryOver } from './carry-over.ts';
import { type Edit, withAnnotations } from './edits.ts';
import { type Versions, versionToKeep } from './former-versions.ts';
import { identityOf, identityOfValue, keyOf } from './identity.ts';
import type { Item } from './item.ts';
import type { ResourceList } from './item-list.ts';
import { isEqual } from './json-value.ts';
import { localConfigResults, makeLocal } from './local-config.ts';
import { generatorCopies, type Owner } from './owners.ts';
import { Ownership } from './ownership.ts';
import { FilePlaces } from './paths.ts';
import type { Generated, Generation, PlaceOptions, Placement } from './placement.ts';
import { isMapping, type JsonObject, type Result } from './result.ts';
import { editHash, userEdits } from './user-edits.ts';

/** Set by kpt when `selectors` or `exclude` keep part of the package from the function. */
const narrowedView = 'internal.config.k8s.io/kpt-resource-id';

/**
 * Places generated objects among the items: a new one behind its owner, one that was there before in the place of its
 * former self (whose bytes stay when nothing changes), and what nothing generates any more out of the package. For
 * kustomize every build starts from nothing: there nothing is adopted, kept or pruned.
 */
export function place(
  list: ResourceList,
  caller: Caller,
  generations: readonly Generation[],
  options: PlaceOptions,
): Placement {
  const placing = new Placing(list, caller, generations, options);
  const results = placing.run();
  return results.some(({ severity }) => severity === 'error')
    ? { edits: [], results }
    : { edits: placing.edits, results };
}

class Placing {
  readonly edits: Edit[] = [];
  private readonly results: Result[] = [];
  private readonly items: readonly Item[];
  private readonly copies: readonly Item[];
  /** The items that have the name of an object that is placed. */
  private readonly byIdentity: ReadonlyMap<string, Item>;
  private readonly ownership: Ownership;
  private readonly files: FilePlaces;
  private readonly startsFromNothing: boolean;
  private readonly adopted = new Set<Item>();
  private readonly generated = new Set<string>();

  constructor(
    list: ResourceList,
    caller: Caller,
    private readonly generations: readonly Generation[],
    private readonly options: PlaceOptions,
  ) {
    this.copies = generatorCopies(list, caller);
    this.items = this.copies.length > 0 ? list.items.filter((item) => !this.copies.includes(item)) : list.items;
    const names = new Set(
      generations.flatMap(({ objects }) => objects.map(({ value }) => identityOfValue(value).name)),
    );
    const named = this.items.filter(({ name }) => names.has(name));
    this.byIdentity = new Map(named.map((item) => [keyOf(identityOf(item)), item]));
    this.startsFromNothing = caller === 'generator' || caller === 'transformer';
    const owners = generations.map(({ owner }) => owner);
    this.ownership = new Ownership(this.startsFromNothing ? [] : this.items, owners, options.ownerAnnotation);
    this.files = new FilePlaces(caller === 'kpt' ? this.items : []);
  }

  run(): readonly Result[] {
    const narrowed = this.items.find(({ annotations }) => annotations.has(narrowedView));
    if (narrowed) {
      const report = narrowed.report();
      report.error(
        undefined,
        '`selectors` and `exclude` hide from the function what it generated before, so that it would generate it twice; remove them from this function in the Kptfile',
      );
      return report.results;
    }
    this.edits.push(...this.copies.map((item) => ({ change: 'remove', item }) as const));
    this.makeLocal();
    this.prune(undefined, this.ownership.of(undefined));
    for (const { owner, objects } of this.generations) this.placeAll(owner, objects);
    return this.results;
  }

  private makeLocal(): void {
    const owners = this.generations.flatMap(({ owner }) => (owner.listed ? [owner.item] : []));
    this.edits.push(...makeLocal([...owners, ...this.items.filter(this.options.isConfig)]));
    this.results.push(...localConfigResults(owners, this.options.localConfigNote ?? ''));
  }

  private placeAll(owner: Owner, objects: readonly Generated[]): void {
    const formerSelves = objects.map(({ value }) => this.formerSelf(owner, value));
    for (const item of formerSelves) if (item) this.adopted.add(item);
    const kept = new Map<Item, Generated>();
    for (const [index, object] of objects.entries()) {
      const former = object.versions && this.versionToKeep(owner, object, object.versions, formerSelves[index]);
      if (former) kept.set(former, object);
    }
    const left = this.ownership.of(owner).filter((item) => !this.adopted.has(item) && !kept.has(item));
    this.prune(owner, left);
    for (const [item, object] of kept) this.moveVersion(item, object, formerSelves[objects.indexOf(object)]);
    for (const [index, object] of objects.entries()) this.placeOne(owner, object, formerSelves[index]);
  }

  /** The item that `value` takes the place of, if any; an item that is not the owner's must not be overwritten. */
  private formerSelf(owner: Owner, value: JsonObject): Item | undefined {
    const identity = identityOfValue(value);
    const key = keyOf(identity);
    if (this.generated.has(key)) this.taken(owner, value, 'another object that is generated here');
    this.generated.add(key);
    const holder = this.byIdentity.get(key);
    if (holder && (this.startsFromNothing || this.ownership.ownerOf(holder) !== owner)) {
      const where = holder.file ? ` in ${holder.file.path}` : '';
      this.taken(
        owner,
        value,
        this.startsFromNothing
          ? `one among the resources${where}; with kustomize, objects that were generated before must not be resources too`
          : `an object${where} that is not generated from it`,
      );
      return undefined;
    }
    return this.ownership.formerSelf(owner, identity);
  }

  private taken({ item }: Owner, value: JsonObject, by: string): void {
    const { kind, name } = identityOfValue(value);
    const report = item.report();
    report.error(
      undefined,
      `The ${kind} "${name}" to be generated has the name of ${by}; rename one of them, or remove the other object`,
    );
    this.results.push(...report.results);
  }

  private placeOne(owner: Owner, { value, fileName, versions }: Generated, former: Item | undefined): void {
    const { ownerAnnotation, hashAnnotation, sha256hex } = this.options;
    const marks = new Map([[ownerAnnotation, owner.item.name]]);
    if (!this.startsFromNothing) marks.set(hashAnnotation, editHash(value, sha256hex));
    else if (owner.listed) for (const [key, text] of nameContextOf(owner.item)) marks.set(key, text);
    const marked = withAnnotations(value, marks);
    if (!former) {
      const places = owner.listed ? this.files.beside(owner.item, fileName) : new Map<string, string>();
      this.edits.push({
        change: 'add',
        after: owner.listed ? owner.item : undefined,
        value: withAnnotations(marked, places),
      });
      return;
    }
    const present = former.value();
    if (!isMapping(present)) throw new Error('An item with a header has no value');
    const carried = carryOver(marked, present, ownerAnnotation.split('/')[0] ?? '');
    // A version that was kept as the previous one and is the current one again goes back to its file.
    const moved = versions && isAt(former, versions.previousFileName) ? this.files.moved(former, fileName) : undefined;
    if (isEqual(carried, present)) {
      if (moved) this.edits.push({ change: 'annotate', item: former, annotations: moved });
      return;
    }
    this.warnOfEdits(owner, former, present, marked);
    this.edits.push({ change: 'replace', item: former, value: moved ? withAnnotations(carried, moved) : carried });
  }

  private warnOfEdits(owner: Owner, former: Item, present: JsonObject, next: JsonObject): void {
    const fields = userEdits(present, next, this.options.hashAnnotation, this.options.sha256hex);
    if (fields.length === 0) return;
    const named = fields.map((path) => {
      const belongs = this.options.fieldOfOwner?.(former.kind, path, owner.item);
      return belongs === undefined ? `\`${path}\`` : `\`${path}\` (set \`${belongs}\`)`;
    });
    const report = former.report();
    report.warning(
      undefined,
      `Edited since it was generated; the edit is lost in ${named.join(', ')}: change ${owner.item.kind} "${owner.item.name}" instead`,
    );
    this.results.push(...report.results);
  }

  private versionToKeep(
    owner: Owner,
    { value }: Generated,
    versions: Versions,
    current: Item | undefined,
  ): Item | undefined {
    const { group, kind } = identityOfValue(value);
    const isVersion = (item: Item): boolean =>
      item.kind === kind && identityOf(item).group === group && versions.isVersion(item.name);
    const owned = this.ownership.of(owner);
    return versionToKeep(
      owned.filter((item) => item !== current && isVersion(item)),
      owned.filter((item) => !isVersion(item)),
      versions,
    );
  }

  /** Makes room in the current version's file, where the version before it still is. */
  private moveVersion(item: Item, { fileName, versions }: Generated, current: Item | undefined): void {
    if (!versions || !isAt(item, fileName)) return;
    if (current && isAt(current, versions.previousFileName)) this.files.release(current);
    const moved = this.files.moved(item, versions.previousFileName);
    if (moved) this.edits.push({ change: 'annotate', item, annotations: moved });
  }

  /** Takes what nothing generates any more out of the package; `owner` lacks when it is gone. */
  private prune(owner: Owner | undefined, items: readonly Item[]): void {
    for (const item of items) {
      const name = owner?.item.name ?? item.annotations.get(this.options.ownerAnnotation) ?? '';
      const why = owner
        ? `${owner.item.kind} "${name}" generates it no more`
        : `what it was generated from, "${name}", is gone`;
      const report = item.report();
      if (this.options.neverPruned.has(item.kind))
        report.info(undefined, `Left in the package, since it may hold data: ${why}; delete it by hand`);
      else {
        this.edits.push({ change: 'remove', item });
        this.files.release(item);
        report.info(undefined, `Removed from the package: ${why}`);
      }
      this.results.push(...report.results);
    }
  }
}

function isAt({ file }: Item, fileName: string): boolean {
  return file?.path.split('/').at(-1) === fileName;
}
