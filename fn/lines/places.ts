import { detectCaller } from '../../src/krm/caller.ts';
import { type Item, packagePath } from '../../src/krm/item.ts';
import type { ResourceList } from '../../src/krm/item-list.ts';
import { generatorCopies } from '../../src/krm/owners.ts';
import type { ResourceRef, Result } from '../../src/krm/result.ts';
import { BoundedDisk, type Disk } from './bounded-disk.ts';
import { kustomizeTexts, type KustomizeTexts, type Text } from './kustomize-texts.ts';
import { lineOf, stepsOf, type Step } from './locate.ts';
import { fromOrigin } from './origin.ts';
import { hasField, saysOf } from './same-value.ts';
import { soughtOf, WrittenObjects, type Written } from './written.ts';

/** Finds where the results of a run belong in the files that its list was made of, as far as the disk shows them. */
export class Places {
  private readonly disk: BoundedDisk;
  private readonly objects = new WrittenObjects();
  private readonly copies: ReadonlySet<Item>;
  private readonly isOfKpt: boolean;
  private readonly kptTexts = new Map<string, readonly Text[]>();
  private kustomizeTexts: KustomizeTexts | undefined;

  constructor(
    private readonly list: ResourceList,
    disk: Disk,
  ) {
    this.disk = new BoundedDisk(disk);
    const caller = detectCaller(list);
    this.isOfKpt = caller === 'kpt';
    this.copies = new Set(generatorCopies(list, caller));
  }

  /** The file and line of a result, `stack.yaml:12`; undefined where they are not certain. */
  of({ resourceRef, field }: Result): string | undefined {
    const item = resourceRef && this.itemOf(resourceRef);
    // What a text with faults means is not known, and its results tell lines of the list.
    if (!item || item.results().length > 0) return undefined;
    const steps = stepsOf(field?.path ?? '');
    const written = this.writtenAt(item, steps, this.textsOf(item));
    if (!written || this.disk.isExhausted || this.objects.isExhausted) return undefined;
    return `${written.path}:${String(written.linesBefore + lineOf(written.item, steps))}`;
  }

  /** The one object of the list that a result speaks of. */
  private itemOf({ apiVersion, kind, name, namespace }: ResourceRef): Item | undefined {
    const isMeant = (item: Item): boolean =>
      item.apiVersion === apiVersion && item.kind === kind && item.name === name && item.namespace === namespace;
    const { functionConfig, items } = this.list;
    const [item, another] = items.filter((one) => isMeant(one) && !this.copies.has(one));
    if (item) return another ? undefined : item;
    return functionConfig && isMeant(functionConfig) ? functionConfig : undefined;
  }

  private textsOf(item: Item): KustomizeTexts {
    if (this.isOfKpt) return { objects: this.kptFile(item), patches: [] };
    // kustomize runs a function in the folder of the kustomization that names it.
    this.kustomizeTexts ??= kustomizeTexts('.', this.disk);
    return this.kustomizeTexts;
  }

  /** The file that kpt says an item is in: kpt tells the item's package as an absolute path, and the file from there on. */
  private kptFile({ annotations, file }: Item): readonly Text[] {
    const folder = annotations.get(packagePath);
    if (folder === undefined || !file) return [];
    const { path } = file;
    const whole = `${folder}/${path}`;
    const text = this.disk.read(whole);
    const texts = this.kptTexts.get(whole) ?? (text === undefined ? [] : [{ path, text, linesBefore: 0 }]);
    this.kptTexts.set(whole, texts);
    return texts;
  }

  /** The object or the patch that brings what an item has at a path; undefined where that is not certain. */
  private writtenAt(item: Item, steps: readonly Step[], { objects, patches }: KustomizeTexts): Written | undefined {
    const sought = soughtOf(item);
    const whole = this.objects.whole(objects, sought);
    const [own, another] = fromOrigin(item, whole);
    if (!own || another || own.item.results().length > 0) return undefined;
    const given = item.value();
    const said = (written: Written) => saysOf(written.item.value(), given, steps);
    const says = said(own);
    if (steps.length === 0 || says === 'the value' || (says === 'nothing' && !hasField(given, steps))) return own;
    // A patch names its object, and of several with that name it may mean the other.
    if (whole.length > 1) return undefined;
    const [patch, second] = this.objects.patches(patches, sought).filter((one) => said(one) !== 'nothing');
    return patch && !second && said(patch) === 'the value' ? patch : undefined;
  }
}
