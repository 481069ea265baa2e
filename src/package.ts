import type { Item } from './krm/item.ts';
import { isMapping, type Json } from './krm/result.ts';
import type { Package } from './resolve/index.ts';

/** What an object of the package will be in the cluster, and the keys that it will have there. */
interface Keyed {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly keys: readonly string[] | 'any';
}

/** How each kind tells the keys of the object that it is or becomes. */
const readers: Readonly<Record<string, (item: Item) => Keyed>> = {
  Secret: (item) => ({ kind: 'Secret', name: item.name, keys: keysOf(item.value(), ['data'], ['stringData']) }),
  ConfigMap: (item) => ({ kind: 'ConfigMap', name: item.name, keys: keysOf(item.value(), ['data'], ['binaryData']) }),
  ExternalSecret: externalSecret,
  SealedSecret: (item) => ({
    kind: 'Secret',
    name: textAt(item.value(), 'spec', 'template', 'metadata', 'name') ?? item.name,
    keys: keysOf(item.value(), ['spec', 'encryptedData'], ['spec', 'template', 'data']),
  }),
};

/**
 * The Secrets and ConfigMaps that the items are, or that a controller makes of them. An item is read only when a CR refers
 * to its name, or when it may make an object of another name; what cannot be read has any key.
 */
export function packageOf(items: readonly Item[]): Package {
  return {
    keysOf(kind, name, namespace) {
      for (const item of items) {
        const reader = Object.hasOwn(readers, item.kind) ? readers[item.kind] : undefined;
        // What has no namespace yet is given the same one as the CR, by the pipeline or by kubectl.
        const inNamespace = item.namespace === undefined || namespace === undefined || item.namespace === namespace;
        if (!reader || !inNamespace || (item.kind === kind && item.name !== name)) continue;
        const object = reader(item);
        if (object.kind === kind && object.name === name) return item.value() === null ? 'any' : object.keys;
      }
      return undefined;
    },
  };
}

/** `spec` of an ExternalSecret of the External Secrets Operator: its template decides the keys where there is one. */
function externalSecret(item: Item): Keyed {
  const value = item.value();
  const name = textAt(value, 'spec', 'target', 'name') ?? item.name;
  const template = keysOf(value, ['spec', 'target', 'template', 'data']);
  const data = valueAt(value, 'spec', 'data');
  const fromStore = Array.isArray(data) ? data.flatMap((entry: Json) => textAt(entry, 'secretKey') ?? []) : [];
  const isOpen = ['dataFrom', 'target.template.templateFrom'].some(
    (path) => valueAt(value, 'spec', ...path.split('.')) !== undefined,
  );
  return { kind: 'Secret', name, keys: isOpen ? 'any' : template.length > 0 ? template : fromStore };
}

function keysOf(value: Json, ...paths: readonly (readonly string[])[]): string[] {
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
