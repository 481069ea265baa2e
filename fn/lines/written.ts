import { effectiveNamespace } from '../../src/krm/identity.ts';
import type { Item } from '../../src/krm/item.ts';
import { documents, resourceListFromFiles } from '../../src/krm/resource-list-from-files.ts';
import { lineAt } from '../../src/krm/syntax.ts';
import type { Text } from './kustomize-texts.ts';

/** An object as a text has it, of which a patch may hold a part alone. */
export interface Written {
  readonly item: Item;
  readonly path: string;
  /** How many lines of the file stand before the text that the item is part of. */
  readonly linesBefore: number;
}

/** What an object is and was called on its way through kustomize: the first name and namespace are those of its own file. */
export interface Sought {
  readonly apiVersion: string;
  readonly kind: string;
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
}

/** Where kustomize notes what an object was called before. */
const previous = {
  names: 'internal.config.kubernetes.io/previousNames',
  namespaces: 'internal.config.kubernetes.io/previousNamespaces',
} as const;

/** What to look for as the text of an object that the function was given. */
export function soughtOf({ apiVersion, kind, name, namespace, annotations }: Item): Sought {
  const before = (key: string): readonly string[] => annotations.get(key)?.split(',') ?? [];
  return {
    apiVersion,
    kind,
    names: [...before(previous.names), name],
    namespaces: [...before(previous.namespaces), effectiveNamespace(namespace)],
  };
}

/** How much is parsed at most; to split a text and to look for a word in it costs far less. */
const mostParsed = 500_000;

/** Finds objects in texts, of which only those documents are parsed that may hold one, each once. */
export class WrittenObjects {
  private readonly documents = new Map<readonly Text[], Map<string, readonly Text[]>>();
  private readonly objects = new Map<Text, readonly Written[]>();
  private parsed = 0;

  /** Whether something was left out, so that what was found may not be all that there is. */
  get isExhausted(): boolean {
    return this.parsed > mostParsed;
  }

  /** The objects that may be the one that is sought: of several with its name those in its namespace. */
  whole(texts: readonly Text[], sought: Sought): readonly Written[] {
    const [name] = sought.names;
    const [namespace] = sought.namespaces;
    const found = this.find(texts, sought).filter(({ item }) => item.name === name);
    return found.length < 2 ? found : found.filter(({ item }) => effectiveNamespace(item.namespace) === namespace);
  }

  /** The patches of the object that is sought, each of which calls it as it is called where the patch stands. */
  patches(texts: readonly Text[], sought: Sought): readonly Written[] {
    return this.find(texts, sought).filter(({ item: { name, namespace } }) => {
      return sought.names.includes(name) && sought.namespaces.includes(effectiveNamespace(namespace));
    });
  }

  private find(texts: readonly Text[], { apiVersion, kind, names }: Sought): readonly Written[] {
    return this.documentsWith(kind, texts)
      .filter(({ text }) => names.some((name) => text.includes(name)))
      .flatMap((document) => this.objectsOf(document))
      .filter(({ item }) => item.apiVersion === apiVersion && item.kind === kind);
  }

  private documentsWith(word: string, texts: readonly Text[]): readonly Text[] {
    const byWord = this.documents.get(texts) ?? new Map<string, readonly Text[]>();
    const found = byWord.get(word) ?? texts.flatMap(documentsOf).filter(({ text }) => text.includes(word));
    this.documents.set(texts, byWord.set(word, found));
    return found;
  }

  private objectsOf(document: Text): readonly Written[] {
    const { path, text, linesBefore } = document;
    const known = this.objects.get(document);
    if (known) return known;
    this.parsed += text.length;
    const items = this.parsed > mostParsed ? [] : resourceListFromFiles([{ path, text }]).list.items;
    const objects = items.map((item) => ({ item, path, linesBefore }));
    this.objects.set(document, objects);
    return objects;
  }
}

function documentsOf({ path, text, linesBefore }: Text): readonly Text[] {
  let [lines, counted] = [linesBefore, 0];
  return documents(text).map(({ start, end }) => {
    lines += lineAt(text.slice(counted, start), start - counted) - 1;
    counted = start;
    return { path, text: text.slice(start, end), linesBefore: lines };
  });
}
