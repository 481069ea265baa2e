import { effectiveNamespace } from '../../src/krm/identity.ts';
import type { Item } from '../../src/krm/item.ts';
import { resourceListFromFiles } from '../../src/krm/resource-list-from-files.ts';
import type { Text } from './kustomize-texts.ts';

/** An object as a text has it, of which a patch may hold a part alone. */
export interface Written {
  readonly item: Item;
  readonly path: string;
  /** How many lines of the file stand before the text that the item is part of. */
  readonly linesBefore: number;
}

/** What an object is called where it is written, before kustomize gave it a prefix or a namespace. */
export interface Sought {
  readonly apiVersion: string;
  readonly kind: string;
  /** The first is that in the object's own file; a patch may have a later one. */
  readonly names: readonly string[];
  readonly namespace: string | undefined;
}

/** What kustomize notes of what an object was called before, the first name and namespace first. */
const previous = {
  names: 'internal.config.kubernetes.io/previousNames',
  namespaces: 'internal.config.kubernetes.io/previousNamespaces',
} as const;

/** What to look for as the text of an object that the function was given. */
export function soughtOf({ apiVersion, kind, name, namespace, annotations }: Item): Sought {
  const names = annotations.get(previous.names)?.split(',') ?? [];
  const [first] = annotations.get(previous.namespaces)?.split(',') ?? [];
  return { apiVersion, kind, names: [...names, name], namespace: first ?? namespace };
}

/** Finds objects in texts, each of which is read once and only where it may hold one. */
export class WrittenObjects {
  private readonly read = new Map<Text, readonly Written[]>();

  /** Those that are the one that is sought, or parts of it; those of its namespace, where there are several. */
  in(texts: readonly Text[], { apiVersion, kind, names, namespace }: Sought): readonly Written[] {
    const found = texts
      .filter(({ text }) => text.includes(kind))
      .flatMap((text) => this.objectsOf(text))
      .filter(({ item }) => item.apiVersion === apiVersion && item.kind === kind && names.includes(item.name));
    if (found.length < 2) return found;
    const wanted = effectiveNamespace(namespace);
    return found.filter(({ item }) => effectiveNamespace(item.namespace) === wanted);
  }

  private objectsOf(text: Text): readonly Written[] {
    const { path, linesBefore } = text;
    const objects =
      this.read.get(text) ?? resourceListFromFiles([text]).list.items.map((item) => ({ item, path, linesBefore }));
    this.read.set(text, objects);
    return objects;
  }
}
