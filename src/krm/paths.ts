import { indexAnnotations, type Item, packagePath, pathAnnotations } from './item.ts';

/** The places in the files of a package that are taken, so that each object gets its own. */
export class FilePlaces {
  private readonly taken = new Map<string, Set<number>>();

  constructor(items: readonly Item[]) {
    for (const { file } of items) if (file) this.take(file.path, file.index ?? 0);
  }

  /** The annotations that put a new object into `fileName` beside an item's file; none where the item has no file. */
  beside({ file, annotations }: Item, fileName: string): ReadonlyMap<string, string> {
    const at = pathAnnotations.findIndex((key) => annotations.has(key));
    if (!file || at === -1) return new Map();
    const path = siblingPath(file.path, fileName);
    const inPackage = annotations.get(packagePath);
    return new Map([
      [indexAnnotations[at] ?? '', String(this.free(path))],
      ...(inPackage === undefined ? [] : [[packagePath, inPackage] as const]),
      [pathAnnotations[at] ?? '', path],
    ]);
  }

  /** The annotations that move an item into `fileName` in its folder, in each spelling that it has them in; undefined: it is there. */
  moved({ file, annotations }: Item, fileName: string): ReadonlyMap<string, string> | undefined {
    if (!file) return undefined;
    const path = siblingPath(file.path, fileName);
    if (path === file.path) return undefined;
    this.release({ file });
    const index = String(this.free(path));
    const moved = new Map<string, string>();
    for (const key of pathAnnotations) if (annotations.has(key)) moved.set(key, path);
    for (const key of indexAnnotations) if (annotations.has(key)) moved.set(key, index);
    return moved.size > 0 ? moved : undefined;
  }

  /** Frees the place of an item that is about to leave it. */
  release({ file }: Pick<Item, 'file'>): void {
    if (file) this.taken.get(file.path)?.delete(file.index ?? 0);
  }

  private free(path: string): number {
    let index = 0;
    while (this.taken.get(path)?.has(index) === true) index++;
    this.take(path, index);
    return index;
  }

  private take(path: string, index: number): void {
    const indexes = this.taken.get(path) ?? new Set();
    this.taken.set(path, indexes.add(index));
  }
}

/** The path of a file beside another: ("team/stack.yaml", "service_a.yaml") → "team/service_a.yaml". */
function siblingPath(path: string, fileName: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) + fileName;
}
