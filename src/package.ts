import { located, type Item } from './krm/item.ts';
import { isMapping, type Json } from './krm/result.ts';
import { readDocument } from './krm/yaml-value.ts';
import { parseYaml } from './krm/yaml.ts';
import type { Package } from './resolve/index.ts';

/** How an item tells what it is in the cluster, or what a controller makes of it there. */
interface Source {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly nameOf: (item: Item) => string;
  readonly keysOf: (value: Json) => readonly string[] | 'any';
}

const sources: Readonly<Record<string, Source>> = {
  Secret: {
    kind: 'Secret',
    nameOf: ({ name }) => name,
    keysOf: (value) => keysAt(value, ['data'], ['stringData']),
  },
  ConfigMap: {
    kind: 'ConfigMap',
    nameOf: ({ name }) => name,
    keysOf: (value) => keysAt(value, ['data'], ['binaryData']),
  },
  ExternalSecret: {
    kind: 'Secret',
    nameOf: (item) => textAt(item.value(), 'spec', 'target', 'name') ?? item.name,
    keysOf: keysOfExternalSecret,
  },
  SealedSecret: {
    kind: 'Secret',
    nameOf: (item) => textAt(item.value(), 'spec', 'template', 'metadata', 'name') ?? item.name,
    keysOf: (value) => keysAt(value, ['spec', 'encryptedData'], ['spec', 'template', 'data']),
  },
};

/**
 * The Secrets and ConfigMaps that the items are, or that a controller makes of them. Their data is read only when a CR
 * refers to them; what cannot be read has any key.
 */
export function packageOf(items: readonly Item[], locked: Package['locked']): Package {
  let byName: ReadonlyMap<string, readonly Item[]> | undefined;
  return {
    locked,
    keysOf(kind, name, namespace) {
      byName ??= index(items);
      const found = find(byName.get(`${kind}/${name}`), namespace);
      const value = found?.value();
      if (found === undefined || value === undefined) return undefined;
      return value === null ? 'any' : sources[found.kind]?.keysOf(value);
    },
    configMap(name, namespace) {
      byName ??= index(items);
      const value = find(byName.get(`ConfigMap/${name}`), namespace)?.value();
      return isMapping(value) ? { data: value.data, binaryData: value.binaryData } : undefined;
    },
    parse(text) {
      const [document = { root: undefined, problems: [] }] = parseYaml(text);
      const { value, problems } = readDocument(document);
      const [fault] = document.problems;
      const [unread] = problems;
      return {
        value,
        ...(fault && { fault: located({ text }, fault) }),
        ...(unread && { unread: located({ text }, unread) }),
      };
    },
  };
}

/** What has no namespace yet is given the same one as the CR, by the pipeline or by kubectl. */
function find(items: readonly Item[] = [], namespace: string | undefined): Item | undefined {
  return (
    items.find((item) => item.namespace === namespace) ??
    items.find((item) => item.namespace === undefined || namespace === undefined)
  );
}

function index(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const byName = new Map<string, Item[]>();
  // What has a name now stands before what had it once.
  for (const namesOf of [currentNames, formerNames]) {
    for (const item of items) {
      const source = Object.hasOwn(sources, item.kind) ? sources[item.kind] : undefined;
      for (const name of source ? namesOf(item, source) : []) {
        const key = `${source?.kind ?? ''}/${name}`;
        const same = byName.get(key);
        if (same) same.push(item);
        else byName.set(key, [item]);
      }
    }
  }
  return byName;
}

const currentNames = (item: Item, { nameOf }: Source): readonly string[] => [nameOf(item)];

/**
 * The names that an item had before kustomize's prefixes and suffixes: a CR refers to it by one of them, and what is
 * generated too, until kustomize rewrites it at the end.
 */
function formerNames(item: Item, { nameOf }: Source): readonly string[] {
  const names = item.annotations.get('internal.config.kubernetes.io/previousNames')?.split(',') ?? [];
  // What a controller makes of an item has the name that the item's spec gives it, which no prefix changes.
  return nameOf(item) === item.name ? [...new Set(names)].filter((name) => name !== item.name) : [];
}

/** The keys of what the External Secrets Operator makes: its template decides where there is one. */
function keysOfExternalSecret(value: Json): readonly string[] | 'any' {
  const isOpen = ['dataFrom', 'target.template.templateFrom'].some(
    (path) => valueAt(value, 'spec', ...path.split('.')) !== undefined,
  );
  if (isOpen) return 'any';
  const template = keysAt(value, ['spec', 'target', 'template', 'data']);
  const data = valueAt(value, 'spec', 'data');
  const fromStore = Array.isArray(data) ? data.flatMap((entry: Json) => textAt(entry, 'secretKey') ?? []) : [];
  return template.length > 0 ? template : fromStore;
}

function keysAt(value: Json, ...paths: readonly (readonly string[])[]): string[] {
  return paths.flatMap((path) => {
    const data = valueAt(value, ...path);
    return isMapping(data) ? Object.keys(data) : [];
  });
}

function textAt(value: Json, ...path: readonly string[]): string | undefined {
  const text = valueAt(value, ...path);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function valueAt(value: Json, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isMapping(inner) ? inner[key] : undefined), value);
}
